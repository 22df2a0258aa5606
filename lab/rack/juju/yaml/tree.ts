import { type Event, EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE } from "js-yaml";

/** YAML as nodes that know their lines and what was written. */

export interface Scalar {
  kind: "scalar";
  /** From 1. */
  line: number;
  text: string;
  /** Neither quoted nor a block. */
  plain: boolean;
  /** As written, `!!str` for example; mostly empty. */
  tag: string;
}

export type Node =
  | Scalar
  | { kind: "list"; line: number; items: Node[] }
  | { kind: "map"; line: number; entries: [Node, Node][] };

const isMerge = (key: Node): boolean => key.kind === "scalar" && key.plain && key.text === "<<";

/** `<<: *other`: the entries of the other map, or of several. */
const entriesOf = (node: Node): [Node, Node][] =>
  node.kind === "map" ? node.entries : node.kind === "list" ? node.items.flatMap(entriesOf) : [];

class Reader {
  private at = 0;
  private readonly events: Event[];
  private readonly anchors = new Map<string, Node>();

  constructor(private readonly source: string) {
    this.events = parseEvents(source, {});
  }

  documents(): Node[] {
    const found: Node[] = [];
    while (this.at < this.events.length) {
      this.at++;
      found.push(...this.until());
    }
    return found;
  }

  /** The nodes before the end of what is open. */
  private until(): Node[] {
    const found: Node[] = [];
    for (;;) {
      const event = this.events[this.at++];
      if (event === undefined || event.type === EVENT_ID.POP) return found;
      found.push(this.node(event));
    }
  }

  private node(event: Event): Node {
    if (!("anchorStart" in event)) return this.scalar();
    const anchor = this.slice(event.anchorStart, event.anchorEnd);
    if (event.type === EVENT_ID.ALIAS) return this.anchors.get(anchor) ?? this.scalar();
    if (event.type === EVENT_ID.SCALAR) return this.keep(anchor, this.scalar(event));
    const line = this.line(event.start);
    const inner = this.until();
    if (event.type === EVENT_ID.SEQUENCE)
      return this.keep(anchor, { kind: "list", line, items: inner });
    const entries: [Node, Node][] = [];
    for (let index = 0; index + 1 < inner.length; index += 2) {
      const [key, value] = inner.slice(index, index + 2) as [Node, Node];
      entries.push(...(isMerge(key) ? entriesOf(value) : [[key, value] as [Node, Node]]));
    }
    return this.keep(anchor, { kind: "map", line, entries });
  }

  private keep(anchor: string, node: Node): Node {
    if (anchor !== "") this.anchors.set(anchor, node);
    return node;
  }

  /** Without an event: nothing. */
  private scalar(event?: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): Scalar {
    const start = event?.valueStart ?? -1;
    return {
      kind: "scalar",
      line: this.line(start),
      text: event === undefined || start < 0 ? "" : getScalarValue(this.source, event),
      plain: event === undefined || event.style === SCALAR_STYLE.PLAIN,
      tag: event === undefined ? "" : this.slice(event.tagStart, event.tagEnd),
    };
  }

  private slice(start: number, end: number): string {
    return start < 0 ? "" : this.source.slice(start, end);
  }

  private line(offset: number): number {
    return this.source.slice(0, Math.max(0, offset)).split("\n").length;
  }
}

/** The documents of a text. Throws js-yaml's exception where it is no YAML. */
export const readTree = (source: string): Node[] => new Reader(source).documents();
