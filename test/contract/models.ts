// node test/contract/models.ts FILE: prints the name of each model that modelina makes of an AsyncAPI document.
import { readFileSync } from 'node:fs'
import { TypeScriptGenerator } from '@asyncapi/modelina'

const document = JSON.parse(readFileSync(process.argv[2] as string, 'utf8'))
for (const { modelName, result } of await new TypeScriptGenerator().generate(document)) {
  // A type that is not a model of its own shows only in the code of others.
  console.log([modelName, /Anonymous\w*/.exec(result)?.[0]].filter(Boolean).join(': '))
}
