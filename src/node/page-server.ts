import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BallastError } from "../errors.ts";
import { PAGE_HEADERS, type PageFile } from "./page.ts";

/** A running server of the page. */
export interface PageServer {
  /** E.g. `http://127.0.0.1:8000/`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The file that a path names; undefined where there is none. */
export function pageFileAt(files: readonly PageFile[], path: string): PageFile | undefined {
  const name = path === "/" ? "index.html" : path.slice(1);
  return files.find((file) => file.name === name);
}

/**
 * Serves the page to this machine alone.
 * @param port 0 takes a free one.
 * @throws {BallastError} INVALID_INPUT where the port can't be had.
 */
export async function servePage(files: readonly PageFile[], port: number): Promise<PageServer> {
  const server = createServer(({ method, url = "/" }, response) => {
    const file = pageFileAt(files, url.split("?")[0] ?? "/");
    const reads = method === "GET" || method === "HEAD";
    if (file === undefined || !reads) {
      response.writeHead(reads ? 404 : 405, PAGE_HEADERS).end();
      return;
    }
    const own = { "content-type": file.type, "content-length": file.bytes.length };
    response.writeHead(200, { ...PAGE_HEADERS, ...own }).end(method === "HEAD" ? undefined : file.bytes);
  });
  await listening(server, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new BallastError("INVALID_INPUT", `The page can't be served at port ${port}.`, {
          hint: "Does something else listen there? Take another port, or leave it out.",
          cause,
        }),
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
}
