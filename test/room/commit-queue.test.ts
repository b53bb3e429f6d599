import { expect, it, vi } from 'vitest'
import { ApiError } from '../../src/errors'
import type { Command, CommandResult } from '../../src/room/commit/command-result'
import { CommitQueue } from '../../src/room/commit/commit-queue'
import type { Event } from '../../src/schemas/events'

const event = (seq: number) => ({ seq }) as Event
const doing = (run: () => CommandResult<{ seq: number }>): Command<{ seq: number }> => ({
  run,
  isAtomic: false,
})
const command = (seq: number, log: string[]) =>
  doing(() => {
    log.push(`run ${seq}`)
    return { value: { seq }, events: [event(seq)], updateMemory: () => log.push(`done ${seq}`) }
  })
const fail = doing(() => {
  throw new ApiError('muted', 'not now')
})

function setup() {
  const log: string[] = []
  let scheduled: (() => void)[] = []
  const queue = new CommitQueue<string>({
    transaction: (work) => work(),
    checkpoint: () => () => log.push('undo'),
    relay: () => {},
    sendToUser: () => {},
    broadcast: ({ events }) => {
      if (events.length > 0) log.push(`events ${events.map(({ seq }) => seq)}`)
    },
    reply: (socket, answers) => log.push(`${socket} ${JSON.stringify(answers)}`),
    schedule: (work) => scheduled.push(work),
  })
  const turn = () => {
    const due = scheduled
    scheduled = []
    for (const work of due) work()
    return due.length
  }
  return { queue, log, turn }
}

it('runs all queued commands in one batch: in order, one frame of events, then answers', () => {
  const { queue, log, turn } = setup()
  queue.submitFromSocket('a', 1, command(1, log))
  queue.submitFromSocket('b', 'x', command(2, log))
  queue.submitFromSocket('a', 2, command(3, log))
  // The first turn brought more, so one more is given.
  expect(turn()).toBe(1)
  expect(log).toEqual([])
  expect(turn()).toBe(1)
  expect(log).toEqual([
    'run 1',
    'done 1',
    'run 2',
    'done 2',
    'run 3',
    'done 3',
    'events 1,2,3',
    'a [{"ref":1,"seq":1},{"ref":2,"seq":3}]',
    'b [{"ref":"x","seq":2}]',
  ])
})

it('a command that fails is undone alone and answered with its problem', () => {
  const { queue, log, turn } = setup()
  queue.submitFromSocket('a', 1, command(1, log))
  queue.submitFromSocket('a', 2, fail)
  queue.submitFromSocket('a', 3, command(2, log))
  turn()
  turn()
  expect(log).toContain('undo')
  expect(log.at(-1)).toBe(
    'a [{"ref":1,"seq":1},{"ref":2,"problem":{"code":"muted","detail":"not now"}},{"ref":3,"seq":2}]',
  )
  expect(log).toContain('events 1,2')
})

it('an RPC caller gets its value or its error, after the frames', async () => {
  const { queue, log, turn } = setup()
  const value = queue.submit(command(7, log)).then(({ seq }) => log.push(`resolved ${seq}`))
  const refusal = queue.submit(fail)
  const refused = expect(refusal).rejects.toMatchObject({ code: 'muted' })
  turn()
  turn()
  await Promise.all([value, refused])
  expect(log.at(-1)).toBe('resolved 7')
  expect(log.indexOf('events 7')).toBeLessThan(log.indexOf('resolved 7'))
})

it('without a ref there is no answer, and without events no frame', () => {
  const { queue, log, turn } = setup()
  queue.submitFromSocket(
    'a',
    undefined,
    doing(() => ({ value: { seq: 1 } })),
  )
  turn()
  expect(log).toEqual([])
})

it('a command queued during a batch waits for the next', () => {
  const { queue, log, turn } = setup()
  const first = doing(() => {
    queue.submitFromSocket('a', 2, command(2, log))
    return { value: { seq: 1 } }
  })
  queue.submitFromSocket('a', 1, first)
  expect(turn()).toBe(1)
  expect(log).toEqual(['a [{"ref":1,"seq":1}]'])
  // One turn is the end of the commit, and one is given to what comes with it.
  turn()
  turn()
  expect(log).toContain('events 2')
})

it('a command that comes alone waits for no turn', () => {
  const { queue, log, turn } = setup()
  const post = (seq: number) => queue.submitFromSocket('a', undefined, command(seq, log))
  for (let seq = 1; seq <= 8; seq += 1) {
    post(seq)
    expect(log).not.toContain(`events ${seq}`)
    // One runs it, one is the end of its commit.
    turn()
    expect(log).toContain(`events ${seq}`)
    turn()
  }
  post(9)
  expect(log).toContain('events 9')
  // These come before its commit is done: they share the next one.
  post(10)
  post(11)
  expect(log).not.toContain('run 10')
  turn()
  turn()
  expect(log).toContain('events 10,11')
  turn()
  // So there is company again.
  post(12)
  expect(log).not.toContain('run 12')
  turn()
  expect(log).toContain('events 12')
})

it('continues after a batch that threw', () => {
  const { queue, log, turn } = setup()
  const broken = () => {
    throw new Error('no more sockets')
  }
  queue.submitFromSocket(
    'a',
    undefined,
    doing(() => ({ value: { seq: 1 }, closeSockets: broken })),
  )
  expect(turn).toThrow('no more sockets')
  queue.submitFromSocket('a', undefined, command(2, log))
  turn()
  turn()
  expect(log).toContain('events 2')
})

it('an unexpected error is answered without its text', () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { queue, log, turn } = setup()
  const leak = doing(() => {
    throw new Error('table messages has no column secret')
  })
  queue.submitFromSocket('a', 1, leak)
  turn()
  expect(log.at(-1)).toContain('"code":"internal"')
  expect(log.at(-1)).not.toContain('secret')
  expect(logged).toHaveBeenCalledOnce()
  logged.mockRestore()
})
