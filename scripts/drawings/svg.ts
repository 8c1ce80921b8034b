/** A place or a size in pixels. */
type Pair = readonly [x: number, y: number];

/** Colours that are read on the drawing's own paper, whatever the page's background is. */
export const COLOR = {
  paper: "#fbfbf9",
  ink: "#1d2530",
  faint: "#5c6773",
  line: "#8893a0",
  blue: "#dbe8f8",
  green: "#dcefdf",
  amber: "#fbecc8",
  red: "#f8dcd8",
  grey: "#eceef0",
  white: "#ffffff",
} as const;
export type Color = keyof typeof COLOR;

const FONT = "font-family=\"'DejaVu Sans', Verdana, 'Segoe UI', Helvetica, Arial, sans-serif\"";
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export interface TextOptions {
  readonly size?: number;
  readonly bold?: boolean;
  readonly color?: Color;
  readonly anchor?: "start" | "middle" | "end";
}

/** One line of text; `y` is its baseline. */
export function text([x, y]: Pair, words: string, options: TextOptions = {}): string {
  const { size = 13, bold = false, color = "ink", anchor = "start" } = options;
  const weight = bold ? ' font-weight="bold"' : "";
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${COLOR[color]}" text-anchor="${anchor}"${weight}>${escaped(words)}</text>`;
}

/** A box with a bold title and lines below it, all centred. */
export function box(
  [x, y]: Pair,
  [width, height]: Pair,
  color: Color,
  title: string,
  lines: readonly string[] = [],
): string {
  const middle = x + width / 2;
  const first = y + height / 2 - (lines.length * 16) / 2 + 5;
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${COLOR[color]}" stroke="${COLOR.line}"/>`,
    text([middle, first], title, { bold: true, anchor: "middle" }),
    ...lines.map((line, i) => text([middle, first + 17 + 16 * i], line, { size: 12, anchor: "middle" })),
  ].join("\n");
}

/** A line through points, with a head at its last; `words` stand at `at`. */
export function arrow(
  points: readonly Pair[],
  words: readonly string[] = [],
  at?: Pair,
  options: TextOptions = {},
): string {
  const path = points.map(([x, y]) => `${x},${y}`).join(" ");
  const [x, y] = at ?? [0, 0];
  const label = words.map((line, i) =>
    text([x, y + 14 * i], line, { size: 11.5, color: "faint", anchor: "middle", ...options }),
  );
  return [
    `<polyline points="${path}" fill="none" stroke="${COLOR.ink}" stroke-width="1.4" marker-end="url(#head)"/>`,
    ...label,
  ].join("\n");
}

/** A line without a head. */
export function line([x1, y1]: Pair, [x2, y2]: Pair, dashed = false): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${COLOR.line}"${dashed ? ' stroke-dasharray="4 4"' : ""}/>`;
}

/** A filled rectangle without words. */
export function bar([x, y]: Pair, [width, height]: Pair, color: Color): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="3" fill="${COLOR[color]}" stroke="${COLOR.line}"/>`;
}

/** A whole drawing on its own paper. @param about what it shows, for those who can't see it. */
export function drawing([width, height]: Pair, about: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ${FONT}>
<!-- Written by scripts/drawings.ts (npm run generate): change that, not this. -->
<title>${escaped(about)}</title>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="${COLOR.ink}"/></marker></defs>
<rect width="${width}" height="${height}" rx="10" fill="${COLOR.paper}" stroke="${COLOR.line}"/>
${parts.join("\n")}
</svg>
`;
}
