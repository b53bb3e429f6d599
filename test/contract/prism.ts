import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'

const BIN = join(import.meta.dirname, 'node_modules/.bin/prism')

/** A proxy that holds every answer against the document, and every request too unless it is told not to. */
export class Prism {
  requests = 0
  violations: string[] = []
  readonly url: string
  readonly #child: ChildProcess

  private constructor(port: number, args: string[]) {
    this.url = `http://127.0.0.1:${port}`
    const options = ['--errors', '-p', String(port), ...args]
    this.#child = spawn(BIN, ['proxy', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  }

  static async start(document: string, upstream: string, port: number, ...options: string[]) {
    const prism = new Prism(port, [document, upstream, ...options])
    await new Promise<void>((resolve, reject) => {
      prism.#child.once('exit', () => reject(new Error('Prism ended')))
      prism.#child.stdout?.setEncoding('utf8').on('data', (lines: string) => {
        prism.#read(lines)
        if (lines.includes('Prism is listening')) resolve()
      })
    })
    return prism
  }

  stop(): void {
    this.#child.removeAllListeners('exit').kill('SIGTERM')
  }

  #read(lines: string): void {
    for (const line of lines.split('\n')) {
      if (line.includes('Request received')) this.requests += 1
      if (line.includes('prism/errors#') || line.includes('Violation:')) this.violations.push(line)
    }
  }
}

/** Sends requests to one address and upgrades to another, because Prism knows no sockets. */
export async function front(requests: string, upgrades: string) {
  const server = createServer((from, to) => {
    const { method, headers, url = '/' } = from
    const onward = request(`${requests}${url}`, { method, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    })
    from.pipe(onward)
  })
  server.on('upgrade', ({ method, url, rawHeaders }, socket) => {
    const { hostname, port } = new URL(upgrades)
    const onward = connect(Number(port), hostname, () => {
      const pairs = rawHeaders.flatMap((name, i) =>
        i % 2 ? [] : [`${name}: ${rawHeaders[i + 1]}`],
      )
      onward.write(`${[`${method} ${url} HTTP/1.1`, ...pairs].join('\r\n')}\r\n\r\n`)
      socket.pipe(onward).pipe(socket)
    })
    for (const end of [socket, onward]) end.on('error', () => onward.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { host: `127.0.0.1:${port}`, stop }
}
