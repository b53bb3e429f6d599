// The client in a Worker, against the service as `npm start` runs it.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type Service, start } from '../../proof/service.ts'

let service: Service
let worker: Miniflare | undefined

const PROGRAM = `
  import { Chat } from './dist/client/chatroom-client.js'
  import { upload } from './dist/client/upload.js'

  export default {
    async fetch(request, env) {
      const chat = new Chat(env.SERVICE, { guest: { displayName: 'A Worker' } })
      const room = chat.room({ key: 'lobby' })
      room.open()
      const picture = Uint8Array.from(atob(env.GIF), (sign) => sign.charCodeAt(0))
      const id = await upload(room, picture, { name: 'dot.gif', type: 'image/gif', resumableFrom: 1 })
      room.send({ text: 'Hello from a Worker', attachments: [id] })
      for (let tries = 0; tries < 200; tries += 1) {
        const [message] = room.view.getSnapshot().messages
        if (message?.status === 'sent') {
          const { author, text, attachments: [media] } = message
          chat.close()
          return Response.json([author.displayName, text, media?.name])
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return new Response('It was not sent.', { status: 500 })
    },
  }
`

before(async () => {
  service = await start()
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: '.' },
    ...{ bundle: true, write: false, format: 'esm', target: 'es2022', platform: 'browser' },
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'error',
  })
  worker = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-11-01',
      bindings: {
        SERVICE: service.url,
        GIF: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
      },
    }),
  )
})

after(async () => {
  await worker?.dispose()
  await service.stop()
})

it('a Worker is a guest, uploads a picture in one request and posts it', async () => {
  assert.ok(worker)
  const answer = await worker.dispatchFetch('http://worker.test/')
  const told = await answer.text()
  assert.equal(answer.status, 200, told)
  assert.deepEqual(JSON.parse(told), ['A Worker', 'Hello from a Worker', 'dot.gif'])
})
