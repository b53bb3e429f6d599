// The package as a front end gets it: packed, installed, and used by its types and in Node.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, it } from 'node:test'
import { Event } from '../../../src/schemas/events'
import { InboxUpdate } from '../../../src/schemas/inbox'
import { SocketProblem } from '../../../src/schemas/problems'
import { Live } from '../../../src/schemas/socket'
import { type Service, start } from '../../proof/service.ts'

let app: string
let service: Service

const inApp = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

before(async () => {
  service = await start()
  app = mkdtempSync(join(tmpdir(), 'chatroom-app-'))
  writeFileSync(join(app, 'package.json'), '{ "type": "module", "private": true }')
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', app], {
    cwd: 'dist/client',
    encoding: 'utf8',
  })
  inApp(
    'npm',
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--legacy-peer-deps',
    packed.trim(),
  )
  // What a front end would have installed, too.
  for (const name of ['react', 'tus-js-client', '@types', 'csstype', 'undici-types'])
    symlinkSync(resolve('node_modules', name), join(app, 'node_modules', name))
})

after(async () => {
  rmSync(app, { recursive: true, force: true })
  await service.stop()
})

/** A field that only this event has, or few. */
const fieldOf = (shape: object) => Object.keys(shape).find((name) => !COMMON.has(name)) ?? 'type'
const COMMON = new Set(['type', 'seq', 'at', 'by'])
const codes = SocketProblem.shape.code.options

/** A function that asks each member of a union for what it has, and has nothing left over. */
const narrowing = (name: string, { options }: { options: readonly { shape: Shape }[] }) => `
export function every${name}(one: ${name}): unknown {
  switch (one.type) {
${options.map(({ shape }) => `    case '${shape.type.value}': return one.${fieldOf(shape)}`).join('\n')}
  }
  const none: never = one
  return none
}`
type Shape = { type: { value: string } }

const TYPES = `
import { Chat, ProblemError, type Event, type InboxUpdate, type Live, type RoomMe } from 'chatroom-client'
import { ChatProvider, useRoom } from 'chatroom-client/react'
import { faults } from 'chatroom-client/faults'
import { keepOutbox } from 'chatroom-client/outbox'
import { upload } from 'chatroom-client/upload'

const chat = new Chat('http://localhost:8787', { ...faults({ cut: '10%' }), guest: { displayName: 'Bo' } })
const room = chat.room('an id')
keepOutbox(chat, { onRefused: (_, { code }) => code })
upload(room, new File(['x'], 'x.txt'), { onProgress: (sent, total) => sent / total })
  .then((id) => room.send({ attachments: [id] }))
const nonce: string = room.send({ text: 'Hello', replyTo: 3 })
const [first] = room.view.getSnapshot().messages
if (first?.status === 'sent') first.seq.toFixed()
else if (first) void (first.problem?.message)

export function told(event: Event): string | null {
  switch (event.type) {
    case 'message.posted': return event.message.text
    case 'member.changed': return event.member.mutedUntil
    case 'reaction.added': return event.emoji
    default: return null
  }
}
${narrowing('Event', Event)}
${narrowing('InboxUpdate', InboxUpdate)}
${narrowing('Live', Live)}
chat.inbox.onUpdate(everyInboxUpdate)
room.onLive(everyLive)
export function problem({ code }: ProblemError): string {
  switch (code) {
${codes.map((code) => `    case '${code}': return '${code}'`).join('\n')}
  }
  const none: never = code
  return none
}
export function refused(error: unknown) {
  return error instanceof ProblemError && error.code === 'muted' ? error.retryAfter : undefined
}
export function until(me: RoomMe): number {
  // @ts-expect-error: it is null where there is no mute
  return me.mutedUntil.length
}
export function untilOfEvent(event: Event): string {
  if (event.type !== 'member.changed') return ''
  // @ts-expect-error: it is null where there is no mute
  return event.member.mutedUntil
}
export function Room() { return useRoom('an id').messages.length }
export { ChatProvider, nonce }
// @ts-expect-error: there is no such code
export const wrong = (error: ProblemError) => error.code === 'mooted'
`

for (const moduleResolution of ['bundler', 'nodenext']) {
  it(`a strict program compiles against its types, resolved as ${moduleResolution}, without zod`, () => {
    writeFileSync(join(app, 'app.ts'), TYPES)
    const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext'
    const compilerOptions = {
      ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true, types: [] },
      ...{ target: 'es2022', lib: ['es2022', 'dom'], module, moduleResolution },
    }
    const config = { compilerOptions, files: ['app.ts'] }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(config))
    assert.equal(inApp(resolve('node_modules/.bin/tsc'), '-p', '.'), '')
  })
}

it('a program in Node is a guest that posts a message and sees it', () => {
  const program = `
    import { Chat } from 'chatroom-client'
    const [address, roomId] = process.argv.slice(2)
    const chat = new Chat(address)
    const room = chat.room(roomId)
    room.open()
    room.send('Hello from the package')
    room.view.subscribe(() => {
      const [first] = room.view.getSnapshot().messages
      if (first?.status !== 'sent') return
      console.log(first.author.displayName.length > 0, first.text)
      process.exit()
    })
    setTimeout(() => process.exit(1), 20_000)
  `
  writeFileSync(join(app, 'program.js'), program)
  const setUp = `
    import { Chat } from 'chatroom-client'
    const chat = new Chat(process.argv[2])
    await chat.register({ username: 'owner' + Date.now(), password: 'correct horse battery staple' })
    console.log((await chat.createRoom({ name: 'Lobby' })).id)
  `
  writeFileSync(join(app, 'set-up.js'), setUp)
  const roomId = inApp('node', 'set-up.js', service.url).trim()
  assert.equal(inApp('node', 'program.js', service.url, roomId), 'true Hello from the package\n')
})

it('depends on nothing, and says where everything is', () => {
  const manifest = JSON.parse(
    readFileSync(join(app, 'node_modules/chatroom-client/package.json'), 'utf8'),
  )
  assert.equal(manifest.dependencies, undefined)
  assert.deepEqual(Object.keys(manifest.exports), [
    '.',
    './react',
    './outbox',
    './upload',
    './faults',
  ])
  for (const name of Object.keys(manifest.exports)) {
    const { types, default: script } = manifest.exports[name]
    for (const file of [types, script, `${script}.map`])
      assert.ok(readFileSync(join(app, 'node_modules/chatroom-client', file)).length > 0)
  }
})

const sizes: { name: string; passed: boolean; size: number; sizeLimit: number }[] = JSON.parse(
  // It exits with 1 when one is too large, which a test below says better.
  spawnSync('size-limit', ['--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .stdout,
)
for (const { name, passed, size, sizeLimit } of sizes) {
  it(`${name}: at most ${sizeLimit / 1000} kB, minified and gzipped`, () => {
    assert.ok(passed && size > 0, `${size / 1000} kB`)
  })
}
