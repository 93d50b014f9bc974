// Evaluates expressions with GitHub's own npm package. Standard input: the contexts as JSON on the first line, then one expression
// a line, as a JSON string. Standard output: a line for each, a JSON string: kind and value, or the kind of error.
// Usage: node evaluate.mjs <node_modules>
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { data, Evaluator, Lexer, Parser } = await import(pathToFileURL(`${process.argv[2]}/@actions/expressions/dist/index.js`).href);
const kinds = ["String", "Array", "Object", "Boolean", "Number", "Object", "Null"];

// As the test shows its own values.
function show(value) {
  switch (kinds[value.kind]) {
    case "Null":
      return "null";
    case "String":
      return `"${value.value}"`;
    case "Array":
      return `[${value.values().map(show).join(",")}]`;
    case "Object":
      return `{${value.pairs().map(({ key, value }) => `"${key}":${show(value)}`).join(",")}}`;
    default:
      return value.coerceString();
  }
}

function evaluate(text, contexts) {
  let stage = "lexing";
  try {
    const { tokens } = new Lexer(text).lex();
    stage = "parsing";
    const tree = new Parser(tokens, contexts.pairs().map(({ key }) => key), []).parse();
    stage = "evaluation";
    const value = new Evaluator(tree, contexts).evaluate();
    return `${kinds[value.kind]} ${show(value)}`;
  } catch {
    return `${stage} error`;
  }
}

let contexts;
for await (const line of createInterface({ input: process.stdin })) {
  if (contexts === undefined) {
    contexts = JSON.parse(line, data.reviver);
  } else {
    console.log(JSON.stringify(evaluate(JSON.parse(line), contexts)));
  }
}
