import { z } from "zod";

const sectionSchema = z.strictObject({
  /** Whose numbers these are: each underlying's, one underlying after the other, or the policy's own. */
  each: z.enum(["underlying", "policy"]),
  /** Name -> bits, in their order. */
  fields: z.record(z.string().regex(/^[a-z][a-zA-Z]*$/), z.int().min(1).max(128)),
});
/**
 * circuits/margin/policy.json: a policy's public elements, in their order. Sections alternate: generators write fields of one
 * kind that follow one another as one list.
 */
export const layoutSchema = z
  .array(sectionSchema)
  .min(1)
  .refine((sections) => sections.every(({ each }, i) => each !== sections[i - 1]?.each), {
    message: "Two sections of one kind follow one another: make them one.",
  });

/** One number of a policy among its elements. */
export interface Field {
  readonly name: string;
  readonly bits: number;
  readonly isOfUnderlying: boolean;
  /** Its place is `stride * u + slope * K + offset` for underlying u of K; the stride is 0 for one of the policy's own. */
  readonly stride: number;
  readonly slope: number;
  readonly offset: number;
}

/** The fields in their order, and how many elements a policy has: `slope * K + offset`. */
export interface Layout {
  readonly fields: readonly Field[];
  readonly width: Pick<Field, "slope" | "offset">;
}

export function layoutOf(sections: z.infer<typeof layoutSchema>): Layout {
  let [slope, offset] = [0, 0];
  const fields: Field[] = [];
  for (const { each, fields: named } of sections) {
    const isOfUnderlying = each === "underlying";
    const entries = Object.entries(named);
    const stride = isOfUnderlying ? entries.length : 0;
    entries.forEach(([name, bits], j) => {
      fields.push({ name, bits, isOfUnderlying, stride, slope, offset: offset + j });
    });
    if (isOfUnderlying) slope += entries.length;
    else offset += entries.length;
  }
  return { fields, width: { slope, offset } };
}

/** `3 * K + 2`: a place as source text, with the names that the language has for u and K. */
export function placeText(
  { stride = 0, slope, offset }: Partial<Field> & Layout["width"],
  u: string,
  k: string,
): string {
  const terms = [
    [stride, u],
    [slope, k],
  ] as const;
  const products = terms.flatMap(([factor, name]) =>
    factor === 0 ? [] : [factor === 1 ? name : `${factor} * ${name}`],
  );
  return [...products, ...(offset > 0 || products.length === 0 ? [`${offset}`] : [])].join(" + ");
}
