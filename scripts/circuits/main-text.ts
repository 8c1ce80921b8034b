import { z } from "zod";
import { BallastError } from "../../src/errors.ts";

/** What a main component says of an instance. */
export const instanceSchema = z.object({
  file: z.string(),
  template: z.string(),
  params: z.record(z.string(), z.int()),
  public: z.array(z.string()).min(1),
});
export type Instance = z.infer<typeof instanceSchema>;

/**
 * An instance's main component.
 * @param source the template's file.
 * @throws {BallastError} INVALID_ARTIFACT when the instance's parameters are not the template's, or its public inputs not
 *   those that the template declares before its private ones, in that order.
 */
export function mainText(name: string, instance: Instance, source: string): string {
  const { file, template, params } = instance;
  const [names, inputs] = declared(instance, source);
  const values = names.map((parameter) => params[parameter]);
  if (values.includes(undefined) || Object.keys(params).length !== names.length)
    throw new BallastError("INVALID_ARTIFACT", `${name}: ${template} takes ${names.join(", ")}.`);
  // circom numbers public signals as the template declares them, whatever the order of the list; prover and contracts take
  // the list's. An input that is missing in it would be the prover's to choose.
  if (instance.public.join() !== inputs.join())
    throw new BallastError(
      "INVALID_ARTIFACT",
      `${name}: public are ${instance.public.join(", ")}, but ${template} declares ${inputs.join(", ")}.`,
    );
  return `pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "${file}.circom";
component main {public [${inputs.join(", ")}]} = ${template}(${values.join(", ")});
`;
}

/** A template's parameters, and its inputs above the comment "PRIVATE", in the order of their declaration. */
function declared({ file, template }: Instance, source: string): [parameters: string[], inputs: string[]] {
  const found = new RegExp(`^template ${template}\\(([^)]*)\\)((?:(?!^})[^])*)`, "m").exec(source);
  const [, parameters = "", body = ""] = found ?? [];
  const end = body.indexOf("// PRIVATE");
  if (found === null || end < 0)
    throw new BallastError(
      "INVALID_ARTIFACT",
      `circuits/${file}.circom has no template ${template} that says which inputs are private.`,
    );
  const inputs = [...body.slice(0, end).matchAll(/^ *signal input (\w+)/gm)].map(([, input = ""]) => input);
  return [parameters.split(",").map((parameter) => parameter.trim()), inputs];
}
