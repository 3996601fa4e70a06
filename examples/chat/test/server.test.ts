import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const SERVER = fileURLToPath(new URL("../src/server.ts", import.meta.url));

async function run(
  environment: Record<string, string>,
): Promise<{ code: unknown; output: string; errors: string }> {
  const child = spawn(process.execPath, ["--conditions=towline-source", "--import", "tsx", SERVER], {
    env: { ...process.env, NODE_OPTIONS: "", ...environment },
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
    if (output.includes("\n")) child.kill("SIGTERM");
  });
  child.stderr.on("data", (chunk) => (errors += chunk));
  const [code] = await once(child, "close");
  return { code, output, errors };
}

describe("the command", () => {
  it("says where the chat is, and ends by itself on SIGTERM", async () => {
    const { code, output, errors } = await run({ PORT: "0" });
    expect(output).to.match(/^Towline chat on http:\/\/localhost:\d+\n$/);
    expect({ code, errors }).to.deep.equal({ code: 0, errors: "" });
  });

  it("says in one line that the port is in use", async () => {
    const holder = createServer().listen(0);
    await once(holder, "listening");
    const { port } = holder.address() as { port: number };
    const { code, errors } = await run({ PORT: String(port) });
    holder.close();
    expect(errors).to.equal(
      `Port ${port} is in use: stop what listens there, or choose another with PORT.\n`,
    );
    expect(code).to.equal(1);
  });

  for (const port of ["", "abc", "-1", "65536", "1.5"])
    it(`says in one line that ${JSON.stringify(port)} is no port`, async () => {
      const { code, errors } = await run({ PORT: port });
      expect(errors).to.equal(`PORT must be a whole number from 0 to 65535, not ${JSON.stringify(port)}.\n`);
      expect(code).to.equal(1);
    });
});
