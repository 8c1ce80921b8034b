import { BallastError } from "../../errors.ts";
import { type ApiParts, apiServer } from "./server.ts";

export interface ListenOptions {
  /** Default: this machine alone. It speaks plain HTTP: what comes from elsewhere comes through something that ends TLS. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Told where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly onListening?: (address: string) => void;
}

/**
 * Serves the API until the signal; what is being answered then is answered.
 * @throws {BallastError} INVALID_INPUT where the address can't be had.
 */
export async function runApi(
  parts: ApiParts,
  { host = "127.0.0.1", port, onListening }: ListenOptions,
  signal: AbortSignal,
): Promise<void> {
  const app = await apiServer(parts);
  try {
    const address = await listening(() => app.listen({ host, port }), host, port);
    onListening?.(address);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  } finally {
    await app.close();
  }
}

async function listening(listen: () => Promise<string>, host: string, port: number): Promise<string> {
  try {
    return await listen();
  } catch (cause) {
    throw new BallastError("INVALID_INPUT", `The API can't listen at ${host}:${port}.`, {
      hint: "Does something else, or may this user not?",
      cause,
    });
  }
}
