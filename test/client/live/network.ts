import { connect, createServer, type Server, type Socket } from 'node:net'

/** A network in front of a service, which may be cut, or go silent without a word. */
export class Network {
  /** The connection on which so many bytes have come is cut, once. */
  cutAt = Number.POSITIVE_INFINITY
  /** Whether new connections hear nothing, either. */
  isDead = false
  readonly #sockets = new Set<Socket>()

  private constructor(
    readonly server: Server,
    readonly target: number,
  ) {
    server.on('connection', (client) => this.#pass(client))
  }

  static async before(service: string): Promise<Network> {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    return new Network(server, Number(new URL(service).port))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`
  }

  /** What is connected stays so and hears nothing any more. */
  silence(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  stop(): void {
    this.server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(client: Socket): void {
    if (this.isDead) {
      this.#sockets.add(client.on('error', () => {}).pause())
      return
    }
    const server = connect(this.target, '127.0.0.1')
    const end = () => [client, server].map((one) => one.destroy())
    let count = 0
    client.on('data', (bytes) => {
      count += bytes.length
      if (count > this.cutAt) {
        this.cutAt = Number.POSITIVE_INFINITY
        end()
      }
    })
    for (const one of [client, server]) {
      this.#sockets.add(one)
      one.on('error', end).on('close', () => {
        this.#sockets.delete(one)
        end()
      })
    }
    client.pipe(server).pipe(client)
  }
}
