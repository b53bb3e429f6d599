// npm run ci -- 'COMMAND' ...: runs suites in turn and ends with one line that counts all of their tests. Each suite
// ends its output with such a line of its own; one that does not, or that fails without a failed test, counts as failed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stdout } from 'node:process'

const TALLY = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm

const sum = { passed: 0, failed: 0, skipped: 0 }
for (const command of process.argv.slice(2)) {
  const { output, code } = await run(command)
  const tally = [...output.matchAll(TALLY)].at(-1)
  const [passed = 0, failed = 0, skipped = 0] =
    tally?.slice(1).map((text) => Number(text ?? 0)) ?? []
  const isBroken = failed === 0 && (!tally || code !== 0)
  if (isBroken) {
    console.log(`${command} ended with ${code}${tally ? '' : ' and counted no tests'}.`)
  }
  sum.passed += passed
  sum.failed += failed + Number(isBroken)
  sum.skipped += skipped
}

stdout.write(
  `${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ''}\n`,
)
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0

/** What a command prints is shown as it comes. */
async function run(command: string): Promise<{ output: string; code: number }> {
  console.log(`$ ${command}`)
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    stdout.write(text)
  })
  const [code] = await once(child, 'close')
  return { output, code: code ?? 1 }
}
