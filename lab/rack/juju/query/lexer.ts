/** The words of the language in which `juju wait-for` is told what to wait for. */

export type TokenType =
  | "UNKNOWN"
  | "EOF"
  | "IDENT"
  | "INT"
  | "FLOAT"
  | "STRING"
  | "BOOL"
  | "=="
  | "!="
  | "="
  | "!"
  | "<"
  | "<="
  | ">"
  | ">="
  | ","
  | ";"
  | "("
  | ")"
  | "["
  | "]"
  | "&"
  | "|"
  | "&&"
  | "||"
  | "=>"
  | "_"
  | ".";

/** Counted from 1; `offset` counts characters from 0. */
export interface Position {
  offset: number;
  line: number;
  column: number;
}

export interface Token {
  type: TokenType;
  text: string;
  at: Position;
  /** Of a string: has it an end? */
  ended: boolean;
}

const SINGLE = new Set<string>("=;()[],!&|<>_.");
const DOUBLE = new Set<string>(["==", "=>", "!=", "&&", "||", "<=", ">="]);

const isLetter = (char: string): boolean => /^[A-Za-z_]$|^[^\0-\x7f]$/.test(char);
const isDigit = (char: string): boolean => /^[0-9]$/.test(char);

/** One token after the other; at the end, `EOF` without end. */
export class Lexer {
  private readonly input: string[];
  private char = " ";
  private position = 0;
  private next = 0;
  private line = 1;
  private column = 1;

  constructor(source: string) {
    this.input = [...source];
  }

  private read(): void {
    const char = this.input[this.next];
    if (char === undefined) this.char = "";
    else {
      this.char = char;
      if (char === "\n") {
        this.column = 1;
        this.line++;
      } else this.column++;
    }
    this.position = this.next;
    this.next++;
  }

  private take(more: (char: string) => boolean): string {
    let text = "";
    while (this.char !== "" && more(this.char)) {
      text += this.char;
      this.read();
    }
    return text;
  }

  private string(quote: string): { text: string; ended: boolean } {
    let text = "";
    for (;;) {
      this.read();
      if (this.char === "" || this.char === "\n") return { text: "", ended: false };
      if (this.char === quote) {
        this.read();
        return { text, ended: true };
      }
      text += this.char;
    }
  }

  /** Two points in a row end a number. */
  private number(): string {
    let text = this.char;
    this.read();
    while (isDigit(this.char) || this.char === ".") {
      if (this.char === "." && this.input[this.next] === ".") return text;
      text += this.char;
      this.read();
    }
    return text;
  }

  private word(at: Position): Token {
    const text = this.take((char) => isLetter(char) || isDigit(char) || char === "-");
    const isBool = /^(true|false)$/i.test(text);
    return { type: isBool ? "BOOL" : "IDENT", text, at, ended: true };
  }

  token(): Token {
    this.take((char) => /^\s$/.test(char));
    const at = { offset: this.position, line: this.line, column: this.column - 1 };
    const { char } = this;
    const made = (type: TokenType, text: string, ended = true): Token => ({
      type,
      text,
      at,
      ended,
    });
    if (char === "") return made("EOF", "");
    if (SINGLE.has(char)) {
      const pair = char + (this.input[this.next] ?? "");
      const text = DOUBLE.has(pair) ? pair : char;
      this.read();
      if (text === pair) this.read();
      return made(text as TokenType, text);
    }
    if (isDigit(char)) {
      const text = this.number();
      return made(text.includes(".") ? "FLOAT" : "INT", text);
    }
    if (isLetter(char)) return this.word(at);
    if (char === '"' || char === "'") {
      const { text, ended } = this.string(char);
      return made("STRING", text, ended);
    }
    this.read();
    return made("UNKNOWN", this.char);
  }
}
