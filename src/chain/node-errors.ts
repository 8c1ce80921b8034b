/** What keeps a node from answering, told apart. */
export type NodeTroubleKind =
  | "url"
  | "refused"
  | "unknown host"
  | "dropped"
  | "timeout"
  | "certificate"
  | "unauthorized"
  | "not found"
  | "too many requests"
  | "server error"
  | "http error"
  | "not JSON"
  | "not a node";

export interface NodeTrouble {
  readonly kind: NodeTroubleKind;
  /** Half a sentence: "the node refuses the connection". No URL: it may hold a key. */
  readonly what: string;
  readonly hint: string;
}

/** Codes of Node's sockets and of its fetch. */
const SOCKETS: Readonly<Record<string, NodeTroubleKind>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "unknown host",
  ECONNRESET: "dropped",
  EPIPE: "dropped",
  UND_ERR_SOCKET: "dropped",
  ETIMEDOUT: "timeout",
  EHOSTUNREACH: "timeout",
  ENETUNREACH: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  ERR_INVALID_URL: "url",
};

const CERTIFICATE = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;
/** JSON-RPC's code for a limit that is exceeded. */
const LIMIT_EXCEEDED = -32_005;
const DEEPEST = 12;

const TEXTS: Readonly<Record<NodeTroubleKind, readonly [what: string, hint: string]>> = {
  url: ["the RPC URL is malformed", "Write it like http://127.0.0.1:8545."],
  refused: [
    "the node refuses the connection",
    "Check host and port of the RPC URL, and that the node is running.",
  ],
  "unknown host": [
    "nobody knows the node's host",
    "Check the spelling of the RPC URL, and that this machine is online.",
  ],
  dropped: ["the node dropped the connection", "Try again; if it stays so, look at the node's log."],
  timeout: [
    "the node did not answer in time",
    "Check host and port of the RPC URL; a node that is busy or syncing answers later.",
  ],
  certificate: [
    "the node's TLS certificate can't be trusted",
    "Check the RPC URL: http:// for a local node; a private authority goes in NODE_EXTRA_CA_CERTS.",
  ],
  unauthorized: ["the node demands a key, or refuses this one", "Check the key in the RPC URL."],
  "not found": ["there is no node at this path", "Check the path of the RPC URL."],
  "too many requests": [
    "the node has had too many requests from here",
    "Wait a minute and try again, or use a node with a higher limit.",
  ],
  "server error": [
    "the node failed by itself",
    "Try again in a minute; if it stays so, look at its log or use another node.",
  ],
  "http error": ["the node refused the request", "Check the RPC URL."],
  "not JSON": [
    "what answers does not speak JSON",
    "Check the RPC URL: a web page or a proxy answers there, not a node.",
  ],
  "not a node": [
    "what answers does not speak as an Ethereum node",
    "Check the RPC URL: another service answers there.",
  ],
};

/** Why a request to a node failed, from anywhere in the chain of causes; undefined where the node did answer. */
export function nodeTroubleOf(error: unknown): NodeTrouble | undefined {
  for (
    let depth = 0, current = error;
    depth < DEEPEST && typeof current === "object" && current !== null;
    depth++
  ) {
    const { name, code, status, cause, errors } = current as Readonly<Record<string, unknown>>;
    const kind = kindOf(name, code, status);
    if (kind !== undefined)
      return nodeTrouble(kind, typeof status === "number" ? `HTTP ${status}` : undefined);
    // Of several addresses that were tried, any says why.
    current = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return undefined;
}

/** @param more stands behind it in brackets. */
export function nodeTrouble(kind: NodeTroubleKind, more?: string): NodeTrouble {
  const [what, hint] = TEXTS[kind];
  return { kind, what: more === undefined ? what : `${what} (${more})`, hint };
}

function kindOf(name: unknown, code: unknown, status: unknown): NodeTroubleKind | undefined {
  if (typeof status === "number") return ofStatus(status);
  if (code === LIMIT_EXCEEDED) return "too many requests";
  if (typeof code === "string") return SOCKETS[code] ?? (CERTIFICATE.test(code) ? "certificate" : undefined);
  if (name === "TimeoutError") return "timeout";
  return name === "SyntaxError" ? "not JSON" : undefined;
}

function ofStatus(status: number): NodeTroubleKind | undefined {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404) return "not found";
  if (status === 408 || status === 504) return "timeout";
  if (status === 429) return "too many requests";
  if (status >= 500) return "server error";
  return status >= 400 ? "http error" : undefined;
}
