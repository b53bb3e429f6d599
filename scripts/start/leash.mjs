// node leash.mjs COMMAND: runs a command for as long as whoever started this holds its stdin open.
// Wrangler starts workerd and esbuild, and a process that is killed cannot stop them; an end of a pipe is always seen.
// It leads a process group of its own, which holds all of them.
import { spawn } from 'node:child_process'

const PATIENCE_MS = 3000

const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
let isHeld = true

const endGroup = () => process.kill(-process.pid, 'SIGKILL')

child.on('error', (error) => {
  console.error(`${command} does not run: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code) => (isHeld ? process.exit(code ?? 1) : endGroup()))

function letGo() {
  isHeld = false
  child.kill('SIGTERM')
  setTimeout(endGroup, PATIENCE_MS)
}
process.stdin.on('error', letGo)
process.stdin.on('close', letGo)
process.stdin.resume()
// A signal is no reason to leave the command alone.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, letGo)
