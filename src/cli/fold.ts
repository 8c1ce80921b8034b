// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that colour text
const COLORS = /\u001b\[[0-9;]*m/g;
const COLORED = new RegExp(`^((?:${COLORS.source})+)(.*?)((?:${COLORS.source})+)$`, "s");
/** A line to be pasted: breaking it would break the command. */
const COMMAND = /^\s*(?:\$ )?(?:ballast|export|eval|npm|node|cd) /;

/** Characters that a line of text shows: escapes that colour it show none. */
export function shownWidth(line: string): number {
  return [...line.replace(COLORS, "")].length;
}

/**
 * Words in lines of at most `width` characters; a longer word has a line of its own. A paragraph that is coloured as a whole
 * stays so on every line.
 */
export function wrapWords(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const colored = COLORED.exec(paragraph);
    if (colored === null) return wrapped(paragraph, width);
    const [, open = "", inner = "", close = ""] = colored;
    return wrapped(inner, width).map((line) => `${open}${line}${close}`);
  });
}

function wrapped(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && shownWidth(last) + 1 + shownWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A line's first column: what follows a name and two spaces or more is indented as it is. */
const FIRST_COLUMN = /^ *\S+(?: \S+)* {2,}(?=\S)/;
/** Where it takes more of the line than this part, the rest is indented as the line is. */
const MOST = 0.65;

/** Breaks lines that are too long, at spaces: what follows is indented as their text. Commands to be pasted stay whole. */
export function fold(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => (shownWidth(line) <= width || COMMAND.test(line) ? line : folded(line, width)))
    .join("\n");
}

function folded(line: string, width: number): string {
  const column = FIRST_COLUMN.exec(line)?.[0] ?? "";
  const first = column !== "" && column.length <= width * MOST ? column : (/^ */.exec(line)?.[0] ?? "");
  const rest = " ".repeat(first.length);
  return wrapWords(line.slice(first.length), width - first.length)
    .map((part, i) => `${i === 0 ? first : rest}${part.trim()}`)
    .join("\n");
}

/**
 * Text as it is written in source, with each paragraph on one line, for `fold` to break: a line goes on the one before, unless either is
 * empty or indented, or has columns, or is to be pasted.
 */
export function paragraphs(text: string): string {
  const lines = text.trim().split("\n");
  return lines.reduce((all, line, i) => {
    const before = lines[i - 1];
    if (before === undefined) return line;
    return all + (isProse(before) && isProse(line) && !before.endsWith(":") ? " " : "\n") + line;
  }, "");
}

function isProse(line: string): boolean {
  return line !== "" && !line.startsWith(" ") && !FIRST_COLUMN.test(line) && !COMMAND.test(line);
}
