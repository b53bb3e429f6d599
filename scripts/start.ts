// npm start: wrangler's local server, quiet until it has something to say. Arguments go to wrangler.
import { spawn } from 'node:child_process'

const port = process.env.PORT ?? '8787'
const origin = `http://localhost:${port}`
const env = {
  // A variable that is set already wins.
  WRANGLER_LOG: 'warn',
  // It would ask an outside host where this machine is.
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  ...process.env,
}

const wrangler = spawn('wrangler', ['dev', '--port', port, ...process.argv.slice(2)], {
  env,
  stdio: 'inherit',
})
wrangler.on('exit', (code) => process.exit(code ?? 1))
// Ctrl-C reaches wrangler by itself; it ends first.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => wrangler.kill('SIGTERM'))

const answers = () =>
  fetch(`${origin}/health`).then(
    ({ ok }) => ok,
    () => false,
  )
while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, 200))
console.log(`
chatroom is at ${origin}

  ${origin}/docs          the endpoints, to try out
  ${origin}/docs/socket   the socket's frames
  ${origin}/openapi.json  the same for machines, and /asyncapi.json

Ctrl-C stops it; what it stores stays in .wrangler.
`)
