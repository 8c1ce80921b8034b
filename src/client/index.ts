/** The client of a service's API, for browsers and Node alike: `import { createClient } from "ballast/client"`. */
export { type ClientOptions, createClient, type ServiceClient } from "./client.ts";
export { ApiError, orThrow } from "./errors.ts";
export { type EventsOptions, type ProgressEvent, readEvents } from "./events.ts";
export { type PortfolioAnswer, type PortfolioLine, submitPortfolios } from "./portfolios.ts";
