import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'

/** A page of a front end: an origin of its own, with one script and whatever it imports. */
export async function servePage(script: string): Promise<{ url: string; stop: () => void }> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, script)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    logLevel: 'error',
  })
  const [bundled] = outputFiles
  const server = createServer(({ url }, answer) => {
    if (url === '/script.js') {
      answer.setHeader('Content-Type', 'text/javascript').end(bundled?.contents)
    } else {
      const html =
        '<!doctype html><title>A front end</title><script type="module" src="script.js"></script>'
      answer.setHeader('Content-Type', 'text/html').end(html)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}/`,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
