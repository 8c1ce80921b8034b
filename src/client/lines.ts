/** The lines of a stream as they come, without their ends; the last one too where nothing ends it. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: !done });
      const lines = text.split(/\r?\n/);
      text = lines.pop() ?? "";
      yield* lines;
      if (done) break;
    }
    if (text !== "") yield text;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
