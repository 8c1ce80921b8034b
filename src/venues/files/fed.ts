import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { checkPortfolioForm, type PortfolioFile, portfolioFileSchema } from "../../portfolio/format.ts";
import { VERSION_LIMIT } from "../versions.ts";

/** A portfolio as it is fed by file, line or request: `version` counts its changes, `asOf` is when it was so. */
export const fedPortfolioSchema = portfolioFileSchema.extend({
  /** A whole number below 2^63; in a text where it is above 2^53. */
  version: z
    .union([z.int().min(0), z.string().regex(/^(0|[1-9][0-9]{0,18})$/)])
    .transform((version) => BigInt(version))
    .refine((version) => version < VERSION_LIMIT)
    .optional(),
  asOf: z.iso
    .datetime()
    .transform((text) => BigInt(Date.parse(text)))
    .optional(),
});

export interface FedPortfolio {
  readonly portfolio: PortfolioFile;
  readonly version: bigint | undefined;
  /** Unix milliseconds. */
  readonly asOf: bigint | undefined;
}

/** @throws {BallastError} INVALID_PORTFOLIO for another form; nothing of its values is quoted. */
export function parseFed(value: unknown): FedPortfolio {
  const { version, asOf, ...portfolio } = checkPortfolioForm(fedPortfolioSchema, value);
  return { portfolio, version, asOf };
}

/** How far ahead of the own clock what is fed may say it is, milliseconds. */
const MAX_AHEAD = 60_000n;

/** @throws {BallastError} CLOCK_SKEWED for a moment that lies in the future. */
export function requirePast(asOf: bigint, now: bigint): void {
  if (asOf <= now + MAX_AHEAD) return;
  throw new BallastError("CLOCK_SKEWED", "The portfolio says it is of a moment in the future.", {
    hint: "Compare the clocks of this machine and of the one that wrote it.",
    details: { aheadSeconds: Number((asOf - now) / 1000n) },
  });
}
