import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openEmbedded } from "../../src/service/store/embedded.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { describeQueue } from "./queue-suite.ts";

describeQueue(emptyDatabase);

describe("the embedded database's folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "ballast-embedded-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is one process's at a time, keeps what was acknowledged, and is given back", async () => {
    const first = await openEmbedded(folder);
    await first.query("create table kept (n integer)");
    await expect(openEmbedded(folder)).rejects.toMatchObject({ code: "LOCKED" });
    await first.query("insert into kept values (1)");
    await first.close();
    const second = await openEmbedded(folder);
    expect(await second.query("select n from kept")).toEqual([{ n: 1 }]);
    await second.close();
  });
});
