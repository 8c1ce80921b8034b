/* Written by scripts/client.ts from the API's routes. */
/** Routes by path and method, as openapi-fetch takes them. */
export interface paths {
  "/v1/accounts/{account}/portfolio": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    get?: never;
    /** Says what an account holds. */
    put: { parameters: { query?: never; header?: never; path: { "account": string; }; cookie?: never; };
      requestBody: { content: { "application/json": {
            "positions": ({
              "instrument": string;
              "quantity": string;
          })[];
            "version": (number) | (string);
            "asOf"?: string;
          }; } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["AccountVersion"]; }; };
        201: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["AccountVersion"]; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        409: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        413: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        415: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        422: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/portfolios": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    get?: never;
    put?: never;
    /** Says what many accounts hold, a line each. */
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/x-ndjson": unknown; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{account}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** An account's newest version, without what it holds. */
    get: { parameters: { query?: never; header?: never; path: { "account": string; }; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["AccountVersion"]; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        404: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{account}/proofs": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    get?: never;
    put?: never;
    /** Asks for a proof of an account's newest commitment now. */
    post: { parameters: { query?: never; header?: never; path: { "account": string; }; cookie?: never; };
      requestBody: { content: { "application/json": {
            "commitment"?: string;
          }; } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Job"]; }; };
        202: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Job"]; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        404: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        409: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        413: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        415: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs/{job}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** What became of a job. */
    get: { parameters: { query?: never; header?: never; path: { "job": string; }; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Job"]; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        404: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** Jobs of a state, those that changed last first. */
    get: { parameters: { query?: { "state"?: "waiting" | "active" | "done" | "superseded" | "dead"; "limit"?: number; }; header?: never; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
              "jobs": (components["schemas"]["Job"])[];
            }; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs/retry": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    get?: never;
    put?: never;
    /** Lets dead jobs be tried again. */
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody: { content: { "application/json": {
            "jobs": (string)[];
          }; } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
              /** How many of them were dead. */ "retried": number;
            }; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        413: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        415: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/events": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** Progress as server-sent events: accounts, jobs, proofs. */
    get: { parameters: { query?: { "account"?: string; "after"?: string; }; header?: { "last-event-id"?: string; }; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": components["schemas"]["Progress"]; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/keys": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** The keys that are good, without their tokens. */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
              "keys": ({
                "id": string;
                "name": string;
                "scopes": ("submit" | "read" | "prove" | "admin")[];
                "declaredBy": "venue" | "self";
            })[];
            }; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    put?: never;
    /** Makes a key; its token is told this once. */
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody: { content: { "application/json": {
            /** Whose it is: the source's name of what it submits. */ "name": string;
            "scopes": ("submit" | "read" | "prove" | "admin")[];
            "declaredBy"?: "venue" | "self";
          }; } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
              "id": string;
              "name": string;
              "scopes": ("submit" | "read" | "prove" | "admin")[];
              "declaredBy": "venue" | "self";
              "token": string;
            }; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        413: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        415: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/keys/{key}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    get?: never;
    put?: never;
    post?: never;
    /** Makes a key good for nothing, from now on. */
    delete: { parameters: { query?: never; header?: never; path: { "key": string; }; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
              "revoked": string;
            }; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        404: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/roles": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** Which roles are held. */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
              "roles": ({
                "role": "feed" | "prover" | "sender" | "keeper" | "solvency";
                "isPaused": boolean;
                /** UTC. */ "since"?: string;
                /** The key's id. */ "by"?: string;
            })[];
            }; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/roles/{role}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    get?: never;
    /** Holds a role in all processes, or lets it go on. */
    put: { parameters: { query?: never; header?: never; path: { "role": "feed" | "prover" | "sender" | "keeper" | "solvency"; }; cookie?: never; };
      requestBody: { content: { "application/json": {
            "isPaused": boolean;
          }; } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
              "role": "feed" | "prover" | "sender" | "keeper" | "solvency";
              "isPaused": boolean;
            }; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        413: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        415: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/healthz": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** Whether the process answers. */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
              "status": "ok";
            }; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/readyz": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** Whether portfolios can be taken: the database answers, and there is a snapshot. */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
              "isReady": boolean;
              "database": boolean;
              "snapshot": boolean;
            }; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": {
              "isReady": boolean;
              "database": boolean;
              "snapshot": boolean;
            }; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/status": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** How the service does: accounts by tier, freshness, oldest unproven commitment, queue, spending. */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Status"]; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/metrics": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never; };
    /** Figures of all processes, for Prometheus. */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never; };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/plain": string; }; };
        400: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        401: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        403: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        429: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        500: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
        503: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Error"]; }; };
      }; };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
/** What several routes answer. */
export interface components { schemas: {
    AccountVersion: {
      /** The account's id: 0x and 64 hex digits. */ "account": string;
      /** A whole number. */ "version": string;
      "commitment": string;
      "venue": string;
      "declaredBy": "venue" | "self";
      /** When it was last said to hold, in UTC. */ "asOf": string;
      /** What stands beside the account wherever it is shown. */ "declaration": string;
    };
    Error: {
      "error": {
        "code": string;
        "message": string;
        "hint"?: string;
      };
    };
    Progress: {
      /** Rises; not by one. */ "id": string;
      /** UTC, by the database's clock. */ "at": string;
      "kind": "account" | "job" | "proof";
      /** accepted; waiting, active, done, superseded, dead; proven, sending, attested, refused. */ "state": string;
      /** 0x and 64 hex digits. */ "account": string;
      /** 0x and 64 hex digits. */ "commitment": string;
      "version"?: string;
      /** 0x and 64 hex digits. */ "snapshot"?: string;
      /** 64 hex digits. */ "job"?: string;
    };
    Job: {
      "id": string;
      "purpose": string;
      "state": "waiting" | "active" | "done" | "superseded" | "dead";
      "account": string;
      "version": string;
      "commitment": string;
      "snapshot": string;
      "circuit": string;
      "reason": string;
      "tries": number;
      /** Why the last try failed. */ "failure": string | null;
      /** The job that replaces it, or why none does. */ "supersededBy": string | null;
      /** proven, sending, attested or refused; null before there is one. */ "proof": string | null;
    };
    Status: {
      "at": string;
      "accounts": number;
      "tiers": (number)[];
      "fresh": number;
      "snapshot": ({
        "id": string;
        "time": string;
    }) | (null);
      "jobs": { [name: string]: number };
      "proofs": { [name: string]: number };
      "oldestUnproven": (string) | (null);
      "dead": ({
        "job": string;
        "failure": string;
    })[];
      "spentToday": string;
      "leaders": ({
        "role": string;
        "owner": string;
    })[];
      "processes": ({
        "name": string;
        "roles": string;
        "silent": number;
    })[];
    };
  }; responses: never; parameters: never; requestBodies: never; headers: never; pathItems: never; }
