// Checks payloads by GitHub's schemas. Standard input: a JSON object of payloads by "event schema". Standard output: a line for each mistake.
// Usage: node validate.mjs <node_modules>
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const Ajv = require("ajv").default;
const schema = require("@octokit/webhooks-schemas/schema.json");
const ajv = new Ajv({ strict: false, allErrors: true });
require("ajv-formats").default(ajv);
ajv.addSchema({ ...schema, $id: "webhooks", $schema: undefined }, "webhooks");
for (const definition of Object.values(schema.definitions)) delete definition.$schema;

for (const [name, payload] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  const validate = ajv.compile({ $ref: `webhooks#/definitions/${name.split(" ")[1]}` });
  if (!validate(payload)) {
    for (const { instancePath, message, params } of validate.errors.slice(0, 10)) {
      console.log(`${name}: ${instancePath || "/"} ${message} ${JSON.stringify(params)}`);
    }
  }
}
