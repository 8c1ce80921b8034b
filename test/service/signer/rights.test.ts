import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toField } from "../../../src/math/field.ts";
import { TOLERANCES } from "../../../src/service/signer/compare.ts";
import { Proposals } from "../../../src/service/signer/proposals.ts";
import type { Database } from "../../../src/service/store/database.ts";
import { checkSchema } from "../../../src/service/store/migrate.ts";
import { emptyDatabase } from "../../helpers/database.ts";

const DOCUMENT = new URL("../../../docs/operate/signers.md", import.meta.url);
const SIGNER = "0x00000000000000000000000000000000000000a1";

let database: Database;
beforeEach(async () => {
  database = await emptyDatabase();
  const [, sql = ""] = /```sql\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
  for (const statement of sql.split(";").filter((text) => text.trim() !== ""))
    await database.query(statement);
  await new Proposals(database).add(toField(7n), { time: 1n, content: "public", publishBy: 2n }, "test");
  await database.query("set role signer_a");
});
afterEach(async () => {
  await database.query("reset role");
  await database.query("drop owned by signer_a");
  await database.query("drop user signer_a");
});

describe("the user that the documents give a signer", () => {
  it("can do all that a signer does", async () => {
    await checkSchema(database);
    const proposals = new Proposals(database);
    await proposals.announce(SIGNER, TOLERANCES);
    const [proposal] = await proposals.unsigned(SIGNER);
    expect(proposal?.content).toBe("public");
    expect(await proposals.lastSigned(SIGNER)).toBeUndefined();
    const verdict = { signer: SIGNER, signature: undefined, reason: "another market" } as const;
    expect(await proposals.say(proposal?.id ?? "", verdict)).toBe(true);
    expect(await proposals.unsigned(SIGNER)).toEqual([]);
    await database.query(
      `insert into ballast.processes (name, roles, clock, seen_at) values ('a', 'signer', 1, now())
      on conflict (name) do update set seen_at = excluded.seen_at`,
    );
  });

  it.each([
    "select * from ballast.versions",
    "select * from ballast.evaluations",
    "select * from ballast.outcomes",
    "insert into ballast.leaders values ('feed', 'me', now())",
    "insert into ballast.calls (id, sender, target, data, purpose, urgency, drop_after, spare_gas) values ('a', 'b', 'c', 'd', 'e', 0, 0, 0)",
    "update ballast.proposals set state = 'published'",
    "delete from ballast.signatures",
    "select * from ballast.keys",
  ])("can't: %s", async (statement) => {
    await expect(database.query(statement)).rejects.toMatchObject({ details: { state: "42501" } });
  });

  it("takes nothing from what another user says in the same signer's name", async () => {
    const proposals = new Proposals(database);
    const [proposal] = await proposals.unsigned(SIGNER);
    await proposals.say(proposal?.id ?? "", { signer: SIGNER, signature: undefined, reason: "not mine" });
    await database.query("reset role");
    expect(await proposals.unsigned(SIGNER)).toHaveLength(1);
    expect(
      await proposals.say(proposal?.id ?? "", { signer: SIGNER, signature: "0x12", reason: undefined }),
    ).toBe(true);
  });
});
