import { SyntaxProblem } from "./problems";
import { Lexer, type Position, type Token, type TokenType } from "./lexer";

/** What a query means, as a tree. `null` stands where the text ended too early. */
export type Expression =
  | { kind: "name"; text: string; at: Position }
  | { kind: "string"; text: string; at: Position }
  | { kind: "integer" | "float"; value: number; at: Position }
  | { kind: "bool"; value: boolean; at: Position }
  | { kind: "infix"; token: Token; left: Expression; right: Node; at: Position }
  | { kind: "access"; left: Expression; right: Node; at: Position }
  | { kind: "index"; left: Expression; index: Node; at: Position }
  | { kind: "call"; name: Expression; arguments: Node[]; at: Position }
  | { kind: "lambda"; argument: Expression; body: Node[]; at: Position };
export type Node = Expression | null;

const LOWEST = 0;
const PRECEDENCE: Partial<Record<TokenType, number>> = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "(": 6,
  "=>": 6,
  "[": 7,
  ".": 7,
};

/** Juju's own parser: by precedence, with its ways of failing. */
class Parser {
  private current: Token;
  private ahead: Token;

  constructor(private readonly lexer: Lexer) {
    this.current = lexer.token();
    this.ahead = lexer.token();
  }

  private advance(): void {
    this.current = this.ahead;
    this.ahead = this.lexer.token();
  }

  private expect(type: TokenType): void {
    if (this.ahead.type !== type) throw new SyntaxProblem(this.current.at, type);
    this.advance();
  }

  private precedence(token: Token): number {
    return PRECEDENCE[token.type] ?? LOWEST;
  }

  run(): Node[] {
    const found: Node[] = [];
    while (this.current.type !== "EOF") {
      found.push(this.expression(LOWEST));
      if (this.ahead.type === ";") this.advance();
      this.advance();
    }
    return found;
  }

  private expression(precedence: number): Node {
    let left = this.prefix();
    while (left !== null && this.ahead.type !== ";" && precedence < this.precedence(this.ahead)) {
      this.advance();
      left = this.infix(left);
    }
    return left;
  }

  private prefix(): Node {
    const { type, text, at, ended } = this.current;
    switch (type) {
      case "IDENT":
      case "_":
        return { kind: "name", text, at };
      case "INT":
        return { kind: "integer", value: Number(text), at };
      case "FLOAT":
        if (!/^\d+\.\d*$/.test(text)) throw new SyntaxProblem(at, "FLOAT");
        return { kind: "float", value: Number(text), at };
      case "STRING":
        if (!ended) throw new SyntaxProblem(at, "STRING");
        return { kind: "string", text, at };
      case "BOOL":
        if (!/^(true|True|TRUE|false|False|FALSE)$/.test(text)) throw new SyntaxProblem(at, "BOOL");
        return { kind: "bool", value: text.toLowerCase() === "true", at };
      case "(":
        return this.group();
      case "EOF":
        return null;
      default:
        throw new SyntaxProblem(at);
    }
  }

  private group(): Node {
    this.advance();
    const inner = this.expression(LOWEST);
    this.expect(")");
    return inner;
  }

  private infix(left: Expression): Expression {
    const token = this.current;
    switch (token.type) {
      case "(":
        return this.call(left);
      case "[": {
        this.advance();
        const index = this.expression(LOWEST);
        const { at } = this.current;
        this.expect("]");
        return { kind: "index", left, index, at };
      }
      case "=>":
        return this.lambda(left);
      case ".": {
        this.advance();
        const right = this.expression(this.precedence(token));
        return { kind: "access", left, right, at: this.current.at };
      }
      default: {
        this.advance();
        const right = this.expression(this.precedence(token));
        return { kind: "infix", token, left, right, at: token.at };
      }
    }
  }

  private call(name: Expression): Expression {
    const opening = this.current.at;
    if (this.ahead.type === ")") {
      this.advance();
      return { kind: "call", name, arguments: [], at: opening };
    }
    this.advance();
    const given = [this.expression(LOWEST)];
    while (this.ahead.type === ",") {
      this.advance();
      this.advance();
      given.push(this.expression(LOWEST));
    }
    this.expect(")");
    return { kind: "call", name, arguments: given, at: this.current.at };
  }

  private lambda(argument: Expression): Expression {
    const arrow = this.current.at;
    if (this.ahead.type === "_") {
      this.advance();
      return { kind: "lambda", argument, body: [this.expression(LOWEST)], at: arrow };
    }
    this.advance();
    const body = [this.expression(LOWEST)];
    while (this.ahead.type === ";") {
      this.advance();
      this.advance();
      body.push(this.expression(LOWEST));
    }
    if (this.ahead.type !== "EOF" && this.ahead.type !== ")") this.expect(")");
    return { kind: "lambda", argument, body, at: this.current.at };
  }
}

export const parseQuery = (source: string): Node[] => new Parser(new Lexer(source)).run();
