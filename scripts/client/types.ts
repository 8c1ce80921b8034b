/**
 * TypeScript types of an OpenAPI 3.1 document, in the form that openapi-typescript gives and openapi-fetch takes. openapi-typescript itself
 * stands on the compiler's interface of TypeScript 5, which 7 doesn't have. What this doesn't know it refuses.
 */
import { BallastError } from "../../src/errors.ts";

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}
export interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content>>;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Of a schema beside its type: bounds, and words for people. */
const NOTES = new Set(
  "description default minimum maximum minLength maxLength minItems maxItems pattern format propertyNames".split(
    " ",
  ),
);
const TYPES = new Set("$ref type enum anyOf items properties required additionalProperties".split(" "));
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const PLACES = ["query", "header", "path", "cookie"];

/** @throws {BallastError} INTERNAL for what the document has and this doesn't know. */
export function typesOf({ paths, components }: OpenApi): string {
  const schemas = Object.entries(components.schemas).map(([name, schema]) => `${name}: ${typeOf(schema)};`);
  const routes = Object.entries(paths).map(
    ([path, operations]) =>
      `${JSON.stringify(path)}: { ${block([
        `parameters: { ${PLACES.map((place) => `${place}?: never;`).join(" ")} };`,
        ...METHODS.map((method) => operationType(method, operations[method])),
      ])} };`,
  );
  return indented([
    "/* Written by scripts/client.ts from the API's routes. */",
    "/** Routes by path and method, as openapi-fetch takes them. */",
    `export interface paths { ${block(routes)} }`,
    "/** What several routes answer. */",
    `export interface components { schemas: { ${block(schemas)} }; responses: never; parameters: never; requestBodies: never; headers: never; pathItems: never; }`,
    "",
  ]);
}

/** Lines, two spaces deeper within each brace. */
function indented(texts: readonly string[]): string {
  let depth = 0;
  const lines = texts
    .join("\n")
    .split("\n")
    .map((line) => {
      const text = line.trim();
      const leading = /^[})\]]+/.exec(text)?.[0].length ?? 0;
      const own = Math.max(0, depth - leading);
      for (const sign of text.startsWith("/*") ? "" : text) depth += sign === "{" ? 1 : sign === "}" ? -1 : 0;
      return text === "" ? "" : `${"  ".repeat(own)}${text}`;
    });
  return lines.join("\n");
}

function operationType(method: string, operation: Operation | undefined): string {
  if (operation === undefined) return `${method}?: never;`;
  const { summary, parameters = [], requestBody, responses } = operation;
  const answers = Object.entries(responses).map(
    ([status, { content }]) =>
      `${status}: { headers: { [name: string]: unknown }; content${content === undefined ? "?: never" : `: ${contentType(content)}`}; };`,
  );
  return [
    ...(summary === undefined ? [] : [`/** ${summary}. */`]),
    `${method}: { parameters: { ${PLACES.map((place) => placeType(place, parameters)).join(" ")} };`,
    requestBody?.content === undefined
      ? "requestBody?: never;"
      : `requestBody${requestBody.required === true ? "" : "?"}: { content: ${contentType(requestBody.content)} };`,
    `responses: { ${block(answers)} }; };`,
  ].join("\n");
}

function placeType(place: string, parameters: readonly Parameter[]): string {
  const own = parameters.filter((parameter) => parameter.in === place);
  if (own.length === 0) return `${place}?: never;`;
  const isNeeded = own.some(({ required }) => required === true);
  const fields = own.map(
    ({ name, required, schema }) =>
      `${JSON.stringify(name)}${required === true ? "" : "?"}: ${typeOf(schema)};`,
  );
  return `${place}${isNeeded ? "" : "?"}: { ${fields.join(" ")} };`;
}

function contentType(content: NonNullable<Content["content"]>): string {
  return `{ ${Object.entries(content)
    .map(([type, { schema }]) => `${JSON.stringify(type)}: ${typeOf(schema)};`)
    .join(" ")} }`;
}

function typeOf(schema: Schema): string {
  for (const key of Object.keys(schema)) if (!NOTES.has(key) && !TYPES.has(key)) throw unknown(key);
  const { $ref, type, enum: values, anyOf } = schema;
  if ($ref !== undefined) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec($ref)?.[1];
    if (name === undefined) throw unknown($ref);
    return `components["schemas"]["${name}"]`;
  }
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(" | ");
  if (anyOf !== undefined) return anyOf.map((one) => `(${typeOf(one)})`).join(" | ");
  if (type === undefined) return "unknown";
  const types = typeof type === "string" ? [type] : type;
  return types.map((one) => plainType(one, schema)).join(" | ");
}

function plainType(type: string, schema: Schema): string {
  if (type === "string" || type === "boolean" || type === "null") return type;
  if (type === "number" || type === "integer") return "number";
  if (type === "array") return `(${typeOf(schema.items ?? {})})[]`;
  if (type !== "object") throw unknown(type);
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined && typeof additionalProperties === "object")
    return `{ [name: string]: ${typeOf(additionalProperties)} }`;
  const fields = Object.entries(properties ?? {}).map(
    ([name, one]) =>
      `${one.description === undefined ? "" : `/** ${one.description} */ `}${JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(one)};`,
  );
  return `{ ${block(fields)} }`;
}

function block(lines: readonly string[]): string {
  return `\n${lines.join("\n")}\n`;
}

function unknown(what: string): BallastError {
  return new BallastError(
    "INTERNAL",
    `The API's document has ${what}, which scripts/client/types.ts doesn't know.`,
  );
}
