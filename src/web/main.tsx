import { render } from "preact";
import * as z from "zod";
import { App } from "./app.tsx";

// Schemas would be compiled into functions otherwise, which the page's security policy forbids.
z.config({ jitless: true });

const place = document.getElementById("page");
if (place !== null) render(<App />, place);
