require("fs").appendFileSync(process.env.GITHUB_OUTPUT, `said=${process.env.INPUT_WHO}\n`);
console.log(`hello ${process.env.INPUT_WHO}`);
