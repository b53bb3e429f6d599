import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { Call } from '../targets/dialect'

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** A number of kept connections; a call waits for a free one. */
export class Connections {
  #agent: Agent

  constructor(
    private readonly url: URL,
    count: number,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: count })
  }

  call({ method, path, headers, body }: Call): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }
      const sent = request(
        {
          agent: this.#agent,
          host: this.url.hostname,
          port: this.url.port,
          method,
          path,
          headers: { ...headers, ...length },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const { statusCode: status = 0, headers } = response
            resolve({ status, headers, body: Buffer.concat(chunks).toString() })
          })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  /** A call by someone signed in that must succeed. */
  async json<T>(method: string, path: string, token = '', content?: unknown): Promise<T> {
    const headers = { Authorization: `Bearer ${token}` }
    const reply = await this.call(
      content === undefined
        ? { method, path, headers }
        : {
            method,
            path,
            headers: { ...headers, 'Content-Type': 'application/json' },
            body: JSON.stringify(content),
          },
    )
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.body}`)
    return JSON.parse(reply.body || 'null') as T
  }

  close(): void {
    this.#agent.destroy()
  }
}
