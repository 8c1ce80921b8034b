/** A stream that people may look at. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a stream can show. */
export interface Terminal {
  readonly color: boolean;
  /** Whether a line that was written can be drawn again. */
  readonly redraws: boolean;
  /** Characters a line has: the terminal's, else 80. */
  readonly columns: number;
}

/** Characters a line has where nobody says how many. */
export const COLUMNS = 80;
const FEWEST = 40;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a stream can show, each stream by itself: output into a file has no colours while the terminal's messages have.
 * `NO_COLOR` (https://no-color.org) forbids colours; else `FORCE_COLOR` demands them, `0` and `false` forbid them; else a terminal
 * has them, unless it is `TERM=dumb`, which redraws nothing either.
 */
export function terminalOf(stream: Stream, env: Environment = process.env): Terminal {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  const redraws = stream.isTTY === true && TERM !== "dumb";
  const { columns } = stream;
  return {
    color: isSet(NO_COLOR)
      ? false
      : FORCE_COLOR === undefined
        ? redraws
        : !["0", "false"].includes(FORCE_COLOR),
    redraws,
    columns:
      stream.isTTY === true && columns !== undefined && columns > 0 ? Math.max(columns, FEWEST) : COLUMNS,
  };
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}
