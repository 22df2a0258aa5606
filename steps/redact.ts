/** Takes secrets out of text that people see. A second line of defence: nothing should put them there. */

const SHORTEST = 4;

export class Redactor {
  private readonly values = new Set<string>();

  /** Remembers every string in `value`, at any depth; of texts with several lines also each line. */
  add(value: unknown): void {
    if (typeof value === "string") {
      for (const part of [value, ...value.split("\n")]) {
        const text = part.trim();
        if (text.length >= SHORTEST && !text.startsWith("-----")) this.values.add(text);
      }
    } else if (typeof value === "object" && value !== null) {
      Object.values(value).forEach((member) => this.add(member));
    }
  }

  clean(text: string): string {
    let result = text;
    for (const value of [...this.values].sort((a, b) => b.length - a.length)) {
      result = result.split(value).join("[secret]");
    }
    return result;
  }
}
