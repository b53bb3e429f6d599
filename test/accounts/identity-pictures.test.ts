import { createMessageBatch } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { consume, fanOutPage } from '../../src/fanout/profile-fanout'
import { stopClock } from '../fixtures/clock'
import {
  codeFlowSetting,
  comeBack,
  FakeProvider,
  knowIssuers,
  openTab,
  start,
  stateOf,
} from '../fixtures/code-flow'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { openInbox } from '../fixtures/inbox'
import { AUDIENCE, SHARED, settingOf, signShared } from '../fixtures/issuers'
import { exif, jpeg, text } from '../fixtures/jpeg'
import { download, png, putAvatar } from '../fixtures/media'
import {
  avatarOf,
  createKnown,
  FakePictures,
  type Known,
  PICTURE,
  storedAvatars,
  takePicture,
} from '../fixtures/pictures'
import { spyOnR2 } from '../fixtures/r2-spy'
import { createRoom, newMessage } from '../fixtures/rooms'
import { createUser, logIn, signedIn } from '../fixtures/users'

const HOUR = 60 * 60_000
const OTHER = 'https://cdn.example.com/ana/2.png'
const gif = new TextEncoder().encode('GIF89a\x01\0\x01\0\0\0\0;')

let forget: () => void
let pictures: FakePictures

beforeAll(() => {
  forget = knowIssuers(settingOf())
})
afterAll(() => forget())
beforeEach(() => {
  pictures = new FakePictures()
  pictures.serve()
})
afterEach(() => void vi.restoreAllMocks())

const shown = async (url: string | null) => (await download(undefined, url ?? '')).bytes
const logInWith = async (sub: string, picture: string = PICTURE) =>
  logIn({ identityToken: await signShared({ sub, picture }) })
const versionOf = ({ id }: Known) =>
  env.DB.prepare('select profile_version v from users where id = ?').bind(id).first<number>('v')

/** Has what a crash left behind swept, an hour later. */
async function sweep({ id }: Known) {
  const clock = stopClock(Date.now() + HOUR)
  const message = { id: 'm', timestamp: new Date(), attempts: 1, body: { userId: id } }
  await consume(createMessageBatch('chatroom-people', [message]), env)
  clock.restart()
}

describe('the picture of an identity token', () => {
  it('becomes the avatar after the log-in, which does not wait, and everyone is told', async () => {
    const ana = await createKnown()
    const { path } = await createRoom(await createUser('Bo'))
    const { body: message } = await ana.post(`${path}/messages`, newMessage('hello'))
    const inbox = await openInbox(ana.token)
    let isServed = false
    // By looking, because a promise of the test cannot be awaited by a request.
    pictures.serve(async () => {
      while (!isServed) await scheduler.wait(10)
      return new Response(png)
    })
    const reply = await logInWith(ana.subject)
    expect([reply.status, reply.body.me.avatarUrl]).toEqual([201, null])
    isServed = true
    const [update] = await eventually(() => {
      expect(inbox.of('me.updated')).toHaveLength(1)
      return inbox.of('me.updated')
    })
    const avatar = await avatarOf(ana)
    expect(update?.me.avatarUrl).toBe(avatar)
    expect(await shown(avatar)).toEqual(png)
    await fanOutPage(env, { userId: ana.id }, false)
    const { body } = await ana.get(`${path}/messages/${message.seq}`)
    expect(body.author.avatarUrl).toBe(avatar)
    inbox.close()
  })

  it('is taken of a first log-in, too, and of one by the code flow', async () => {
    const first = signedIn(await logInWith(crypto.randomUUID()))
    await eventually(async () => expect(await shown(await avatarOf(first))).toEqual(png))
    vi.restoreAllMocks()
    const provider = new FakeProvider()
    provider.listen()
    pictures = new FakePictures()
    pictures.serve()
    const restore = knowIssuers(codeFlowSetting())
    try {
      provider.claims = { sub: crypto.randomUUID(), picture: PICTURE }
      const tab = await openTab()
      const { at } = await start(tab)
      const { told } = await comeBack({ state: stateOf(at), code: provider.logIn(at) })
      expect(pictures.asked).toEqual([])
      const ana = signedIn(await logIn({ code: told.code, codeVerifier: tab.verifier }))
      await eventually(async () => expect(await shown(await avatarOf(ana))).toEqual(png))
    } finally {
      restore()
    }
  })

  it('is asked for without a cookie, a referrer or anything that the host could know us by', async () => {
    expect(await takePicture(await createKnown())).toBe(true)
    const [{ address, init }] = pictures.asked as [(typeof pictures.asked)[0]]
    expect([address, init?.method, init?.redirect]).toEqual([PICTURE, undefined, 'manual'])
    expect([...new Headers(init?.headers)]).toEqual([['accept', 'image/*']])
  })

  it('keeps no place: a JPEG loses it as one that is uploaded does', async () => {
    const ana = await createKnown()
    pictures.serve(jpeg(exif()))
    expect(await takePicture(ana)).toBe(true)
    const stored = text(await shown(await avatarOf(ana)))
    expect(stored).toContain('Exif')
    expect(stored).not.toContain('LATITUDE-')
  })

  it('is not asked for where the operator wants none of its issuer, nor to prove', async () => {
    const restore = knowIssuers(
      JSON.stringify([
        { issuer: SHARED.issuer, audience: AUDIENCE, sharedKey: SHARED.key, pictures: false },
      ]),
    )
    const spy = spyOnD1()
    try {
      expect((await logInWith(crypto.randomUUID())).status).toBe(201)
      expect(spy.statements.some(({ query }) => query.includes('"picture_tried_at" = '))).toBe(
        false,
      )
    } finally {
      spy.restore()
      restore()
    }
    const ana = await createKnown()
    const proof = { identityToken: await signShared({ sub: ana.subject, picture: PICTURE }) }
    expect((await ana.put('/v1/sessions/current/proof', proof)).status).toBe(204)
    expect(pictures.asked).toEqual([])
  })
})

describe('no picture is taken', () => {
  const nothing = async (ana: Known, address = PICTURE) => {
    expect(await takePicture(ana, address)).toBe(false)
    expect([await avatarOf(ana), await storedAvatars(ana)]).toEqual([null, 0])
    expect(pictures.logged).toHaveLength(1)
    expect(pictures.logged.join()).not.toContain(new URL(address).host)
  }

  it.each([
    'http://pictures.example.com/ana.png',
    'https://pictures.example.com:8443/ana.png',
    'https://ana:secret@pictures.example.com/ana.png',
    'https://127.0.0.1/ana.png',
    'https://[::1]/ana.png',
    'https://2130706433/ana.png',
    'https://localhost/ana.png',
    'https://metadata.google.internal/ana.png',
    `https://pictures.example.com/${'x'.repeat(2048)}`,
  ])('from %s, which is not even asked', async (address) => {
    pictures.serve(png, address)
    await nothing(await createKnown(), address)
    expect(pictures.asked).toEqual([])
  })

  const html = '<!doctype html><title>x</title><script>alert(1)</script>'
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  const asPicture = { headers: { 'Content-Type': 'image/png' } }
  const huge = new Uint8Array(2_000_001)
  huge.set(png)
  /** More than there may be, without an end. */
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    })

  it.each<[string, () => Response | Promise<Response>, string]>([
    ['a page that says it is a picture', () => new Response(html, asPicture), 'unsupported_type'],
    [
      'an SVG',
      () => new Response(svg, { headers: { 'Content-Type': 'image/svg+xml' } }),
      'unsupported_type',
    ],
    ['an SVG that says it is a PNG', () => new Response(svg, asPicture), 'unsupported_type'],
    ['a PDF', () => new Response('%PDF-1.7\n'), 'unsupported_type'],
    ['a byte too many', () => new Response(huge), 'too large'],
    ['without an end', () => new Response(endless()), 'too large'],
    ['nothing', () => new Response(null), 'unsupported_type'],
    ['404', () => new Response(png, { status: 404 }), 'status 404'],
    ['206', () => new Response(png, { status: 206 }), 'status 206'],
    ['a redirection to nowhere', () => new Response(null, { status: 302 }), 'status 302'],
    ['not at all', () => Promise.reject(new TypeError(`cannot load ${PICTURE}`)), 'no answer'],
  ])('from a host that answers %s', async (_, answer, reason) => {
    pictures.serve(answer)
    await nothing(await createKnown())
    expect(pictures.logged[0]).toContain(reason)
  })

  it.each<[string, (signal: AbortSignal) => Response | Promise<Response>]>([
    [
      'does not answer',
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    ],
    [
      'stops in the middle',
      () =>
        new Response(new ReadableStream({ start: (c) => c.enqueue(png.slice(0, 20)) }), asPicture),
    ],
  ])('from a host that %s, after three seconds', async (_, answer) => {
    pictures.serve((init) => answer(init?.signal as AbortSignal))
    const from = performance.now()
    await nothing(await createKnown())
    expect(performance.now() - from).toBeGreaterThan(2900)
    expect(pictures.logged[0]).toContain('too slow')
  })

  it('from where it leads but by https, to a public name, twice at most', async () => {
    const redirect = (to: string, status = 302) =>
      new Response(null, { status, headers: { Location: to } })
    for (const to of [
      'http://pictures.example.com/ana.png',
      'https://127.0.0.1/ana.png',
      'https://[fd00::1]/ana.png',
      'https://10.0.0.7/ana.png',
      'https://db.internal/ana.png',
      'https://ana:secret@pictures.example.com/ana.png',
      'https://pictures.example.com:8443/ana.png',
      '//localhost/ana.png',
      'data:image/png;base64,iVBORw0KGgo=',
      '',
    ]) {
      pictures.serve(png, to)
      pictures.serve(() => redirect(to))
      const ana = await createKnown()
      expect(await takePicture(ana), to).toBe(false)
      expect(pictures.asked.every(({ address }) => address === PICTURE)).toBe(true)
      expect(await storedAvatars(ana)).toBe(0)
    }
    const at = (n: number) => `https://cdn${n}.example.com/ana.png`
    for (const [hops, isTaken] of [
      [1, true],
      [2, true],
      [3, false],
    ] as const) {
      pictures.serve(() => redirect(at(1), 301))
      for (let n = 1; n < hops; n += 1) pictures.serve(() => redirect(at(n + 1), 307), at(n))
      pictures.serve(png, at(hops))
      expect(await takePicture(await createKnown()), `${hops}`).toBe(isTaken)
    }
    expect(pictures.logged.join()).not.toContain('example.com/ana')
  })
})

describe('an avatar', () => {
  it('that came of a picture follows it to a new address, and is not fetched again without one', async () => {
    const ana = await createKnown()
    const now = Date.now()
    expect(await takePicture(ana, PICTURE, now)).toBe(true)
    const first = await avatarOf(ana)
    expect(await takePicture(ana, PICTURE, now + 2 * HOUR)).toBe(false)
    expect(pictures.asked).toHaveLength(1)
    pictures.serve(gif, OTHER)
    expect(await takePicture(ana, OTHER, now + 2 * HOUR)).toBe(true)
    expect(await shown(await avatarOf(ana))).toEqual(gif)
    expect((await download(undefined, first ?? '')).status).toBe(404)
    expect(await storedAvatars(ana)).toBe(1)
  })

  it('stays, and nobody is told, where the same picture has a new address', async () => {
    const ana = await createKnown()
    const now = Date.now()
    await takePicture(ana, PICTURE, now)
    const [avatar, version] = [await avatarOf(ana), await versionOf(ana)]
    pictures.serve(png, OTHER)
    expect(await takePicture(ana, OTHER, now + 2 * HOUR)).toBe(false)
    expect([await avatarOf(ana), await versionOf(ana)]).toEqual([avatar, version])
    expect(await storedAvatars(ana)).toBe(1)
    expect(await takePicture(ana, OTHER, now + 4 * HOUR)).toBe(false)
    expect(pictures.asked).toHaveLength(2)
  })

  it('that somebody chose stays, before or after one was taken', async () => {
    const [ana, bo] = [await createKnown(), await createKnown()]
    const now = Date.now()
    pictures.serve(png, OTHER)
    await takePicture(bo, PICTURE, now)
    for (const user of [ana, bo]) {
      const chosen = (await putAvatar(user, '/v1/me/avatar', gif, 'image/gif')).body.avatarUrl
      pictures.asked.length = 0
      expect(await takePicture(user, OTHER, now + 2 * HOUR)).toBe(false)
      expect(await avatarOf(user)).toBe(chosen)
      expect([pictures.asked.length, await storedAvatars(user)]).toEqual([0, 1])
    }
  })

  it('that somebody removed never comes back, not even of a new address', async () => {
    const [ana, bo, cy] = [await createKnown(), await createKnown(), await createKnown()]
    const now = Date.now()
    pictures.serve(png, OTHER)
    // ana had one of her issuer, bo one of his own, and cy never wanted any.
    await takePicture(ana, PICTURE, now)
    await putAvatar(bo, '/v1/me/avatar')
    pictures.asked.length = 0
    for (const user of [ana, bo, cy]) {
      expect((await user.delete('/v1/me/avatar')).status).toBe(204)
      for (const address of [PICTURE, OTHER])
        expect(await takePicture(user, address, now + 2 * HOUR)).toBe(false)
      expect([await avatarOf(user), await storedAvatars(user)]).toEqual([null, 0])
    }
    expect(pictures.asked).toEqual([])
  })

  it.each([
    ['chooses', (ana: Known) => putAvatar(ana, '/v1/me/avatar', gif, 'image/gif'), 1],
    ['removes', (ana: Known) => ana.delete('/v1/me/avatar'), 0],
    ['deletes the account of', (ana: Known) => ana.delete('/v1/me?now=true'), 0],
  ])('that somebody %s while a picture is fetched is left as it is', async (_, act, kept) => {
    const ana = await createKnown()
    pictures.serve(async () => {
      expect((await act(ana)).status).toBeLessThan(300)
      return new Response(png)
    })
    expect(await takePicture(ana)).toBe(false)
    expect(await storedAvatars(ana)).toBe(kept)
    const found = await env.DB.prepare('select avatar from users where id = ?')
      .bind(ana.id)
      .first<string>('avatar')
    expect(found !== null).toBe(kept === 1)
  })

  it('of who is suspended or gone is not asked for', async () => {
    const [ana, bo] = [await createKnown(), await createKnown()]
    await env.DB.prepare('update users set suspended_until = ? where id = ?')
      .bind(Date.now() + HOUR, ana.id)
      .run()
    await bo.delete('/v1/me?now=true')
    for (const user of [ana, bo]) expect(await takePicture(user)).toBe(false)
    expect(pictures.asked).toEqual([])
  })
})

describe('pictures are fetched', () => {
  it('once, however many log-ins there are at the same time', async () => {
    const ana = await createKnown()
    const taken = await Promise.all(Array.from({ length: 20 }, () => takePicture(ana)))
    expect(taken.filter(Boolean)).toHaveLength(1)
    expect([pictures.asked.length, await storedAvatars(ana)]).toEqual([1, 1])
  })

  it('once an hour, whatever address each token names and whatever came of it', async () => {
    const ana = await createKnown()
    const now = Date.now()
    for (let n = 0; n < 10; n += 1) await takePicture(ana, `https://x${n}.example.com/`, now + n)
    expect(pictures.asked).toHaveLength(1)
    expect(await takePicture(ana, PICTURE, now + HOUR - 1)).toBe(false)
    expect(await takePicture(ana, PICTURE, now + HOUR)).toBe(true)
    pictures.serve(gif, OTHER)
    expect(await takePicture(ana, OTHER, now + HOUR + 1)).toBe(false)
    expect(await takePicture(ana, OTHER, now + 2 * HOUR)).toBe(true)
    expect(pictures.asked).toHaveLength(3)
  })

  it('for one identity of a user an hour, if they are several', async () => {
    const ana = await createKnown()
    await env.DB.prepare(
      'insert into identities (issuer, subject, user_id, created_at) values (?, ?, ?, 1)',
    )
      .bind(SHARED.issuer, `${ana.subject}-2`, ana.id)
      .run()
    pictures.serve(() => new Response(null, { status: 503 }))
    expect(await takePicture(ana)).toBe(false)
    expect(await takePicture({ ...ana, subject: `${ana.subject}-2` })).toBe(false)
    expect(pictures.asked).toHaveLength(1)
  })
})

describe('a crash', () => {
  it('before the profile names the picture leaves nothing, and the next log-in takes it', async () => {
    const ana = await createKnown()
    const now = Date.now()
    const spy = spyOnD1()
    let asked = 0
    spy.fails = (parameters) => {
      if (!parameters.includes(ana.id)) return false
      asked += 1
      return asked > 1
    }
    try {
      expect(await takePicture(ana, PICTURE, now)).toBe(false)
    } finally {
      spy.restore()
    }
    expect([await avatarOf(ana), await storedAvatars(ana)]).toEqual([null, 1])
    expect(pictures.logged[0]).toContain('"level":"error"')
    await sweep(ana)
    expect(await storedAvatars(ana)).toBe(0)
    expect(await takePicture(ana, PICTURE, now + HOUR)).toBe(true)
  })

  it('of the directory is logged without whom it is about', async () => {
    const ana = await createKnown()
    const spy = spyOnD1()
    spy.fails = (parameters) => parameters.includes(ana.id)
    try {
      expect(await takePicture(ana)).toBe(false)
    } finally {
      spy.restore()
    }
    expect(pictures.logged).toHaveLength(1)
    expect(pictures.logged.join()).toContain('failed by the test')
    for (const about of [ana.subject, ana.id]) expect(pictures.logged.join()).not.toContain(about)
  })

  it('of the bucket, which stored the picture and could not say so, does neither', async () => {
    const ana = await createKnown()
    const now = Date.now()
    const spy = spyOnR2()
    spy.fails = (call) => (call === 1 ? 'after' : undefined)
    try {
      expect(await takePicture(ana, PICTURE, now)).toBe(false)
    } finally {
      spy.restore()
    }
    expect([await avatarOf(ana), await storedAvatars(ana)]).toEqual([null, 1])
    await sweep(ana)
    expect(await storedAvatars(ana)).toBe(0)
    expect(await takePicture(ana, PICTURE, now + HOUR)).toBe(true)
  })

  it('before the old avatar is removed leaves it to the sweep', async () => {
    const ana = await createKnown()
    const now = Date.now()
    await takePicture(ana, PICTURE, now)
    pictures.serve(gif, OTHER)
    const spy = spyOnR2()
    // The picture is stored, the old one is looked at, and removing it fails.
    spy.fails = (call) => (call === 3 ? 'before' : undefined)
    try {
      expect(await takePicture(ana, OTHER, now + HOUR)).toBe(true)
    } finally {
      spy.restore()
    }
    expect(await storedAvatars(ana)).toBe(2)
    await sweep(ana)
    expect(await storedAvatars(ana)).toBe(1)
    expect(await shown(await avatarOf(ana))).toEqual(gif)
  })
})

it('deleting the account forgets which picture was taken', async () => {
  const ana = await createKnown()
  await takePicture(ana)
  expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
  const left = await env.DB.prepare('select count(*) n from identities where subject = ?')
    .bind(ana.subject)
    .first('n')
  expect(left).toBe(0)
  await sweep(ana)
  expect(await storedAvatars(ana)).toBe(0)
})
