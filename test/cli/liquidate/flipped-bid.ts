import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { cli } from "../harness.ts";
import type { CliStage } from "./stage.ts";

/** Where a bid's file says something: the first letter of each name, the last of each value, and its first byte. */
function places(text: string): number[] {
  const fields = [...text.matchAll(/"\w+": "?[^",\n]+/g)];
  return [0, ...fields.flatMap(({ index, 0: field }) => [index + 1, index + field.length - 1])];
}

/** Flips a bit of alice's bid at each place in turn: none is revealed, nothing is sent for it, and no salt is printed. */
export async function refuseFlippedBids(stage: CliStage, caseId: string, bidFile: string): Promise<void> {
  const whole = readFileSync(bidFile, "utf8");
  const sent = () => stage.client.public.getTransactionCount({ address: stage.addresses.alice });
  const before = await sent();
  const all = places(whole);
  expect(all).toHaveLength(17);
  for (const at of all) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const flipped = stage.folder.write("flipped.bid", bytes);
    const { code, out } = await cli(
      ...["liquidate", "reveal", caseId, "--bid-file", flipped, ...stage.as("alice"), "--json"],
    );
    expect([1, 2, 3], `the bit at ${at} of ${bytes}`).toContain(code);
    const { error } = JSON.parse(out) as { error: { code: string; message: string; hint: string } };
    expect(error).toMatchObject({ code: expect.stringMatching(/INPUT|CHAIN_ERROR|BID|FILE/) });
    expect(`${error.message} ${error.hint}`).not.toMatch(/[0-9a-f]{64}/);
  }
  expect(await sent()).toBe(before);
  expect((await stage.show(caseId)).auction?.bids).toMatchObject([{ status: "committed" }]);
}
