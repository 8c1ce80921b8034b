import { describe, expect, it } from "vitest";
import { DIGITS, ONE, PI, refBlack76, refCdf, refExp, refLn } from "../helpers/high-precision.ts";

/** 60 digits after the point. */
const text = (x: bigint): string => {
  const digits = (x < 0n ? -x : x).toString().padStart(Number(DIGITS) + 1, "0");
  const whole = digits.length - Number(DIGITS);
  return `${x < 0n ? "-" : ""}${digits.slice(0, whole)}.${digits.slice(whole, whole + 60)}`;
};

// Digits computed with mpmath 1.3.0 at 130 digits.
describe("the high-precision reference agrees with mpmath to 60 digits", () => {
  it("on pi, exp and ln", () => {
    expect(text(PI)).toBe("3.141592653589793238462643383279502884197169399375105820974944");
    expect(text(refExp(ONE))).toBe("2.718281828459045235360287471352662497757247093699959574966967");
    expect(text(refExp(-12n * ONE))).toBe("0.000006144212353328209758682308178805532311223989314888252975");
    expect(text(refLn(2n * ONE))).toBe("0.693147180559945309417232121458176568075500134360255254120680");
    expect(text(refLn(ONE / 1_000_000_000n))).toBe(
      "-20.723265836946411156161923092159277868409913397658956784299951",
    );
  });

  it("on the normal distribution, its tail included", () => {
    expect(text(refCdf(-ONE))).toBe("0.158655253931457051414767454367962077522087033273395609012605");
    expect(text(refCdf(-8n * ONE))).toBe("0.000000000000000622096057427178412351599517258818842248871727");
    expect(text(refCdf(3n * ONE))).toBe("0.998650101968369905473348185232405022622170631841619350635778");
  });

  it("on a whole option", () => {
    const wad = 10n ** 18n;
    const call = refBlack76({
      forward: 60_000n * wad,
      strike: 65_000n * wad,
      volatility: wad / 2n,
      time: wad / 4n,
      right: "call",
    });
    expect(text(call.price)).toBe("4031.396505244971143952727560978244058604826704527905771113451955");
    expect(text(call.delta)).toBe("0.422629606830219177939491685112729453928950970998149057621993");
    expect(text(call.gamma)).toBe("0.000026094399639318417897725870657765691116855746941895159124");
    expect(text(call.vega)).toBe("11742.479837693288053976641795994561002585086123852821605976989546");
  });
});
