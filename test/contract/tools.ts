import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const BIN = join(import.meta.dirname, 'node_modules/.bin')

/** Runs a public tool of test/contract/package.json, and answers what it prints. Throws with that if it fails. */
export async function run(tool: string, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${BIN}:${process.env.PATH}`,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    SCARF_ANALYTICS: 'false',
  }
  const options = { env, maxBuffer: 64 * 1024 * 1024 }
  const { stdout, stderr } = await promisify(execFile)(tool, args, options).catch((error) => {
    throw new Error(`${tool} ${args.join(' ')}:\n${error.stdout}${error.stderr}`)
  })
  return stdout + stderr
}
