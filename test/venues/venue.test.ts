import { describe, expect, it } from "vitest";
import { declaration } from "../../src/venues/venue.ts";

describe("what stands beside an account", () => {
  const asOf = 1_773_428_415_531n;

  it("says who answers for it, and as of when", () => {
    expect(declaration({ declaredBy: "self", asOf })).toBe("self-declared, as of 2026-03-13T19:00:15.531Z");
    expect(declaration({ declaredBy: "venue", asOf: 1_773_428_415_000n })).toBe(
      "declared by its venue, as of 2026-03-13T19:00:15Z",
    );
  });
});
