import { evictDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { expect } from 'vitest'
import { eventually } from '../../fixtures/eventually'
import { type Action, governing, others, rules, themes } from './actions'
import { compare } from './comparison'
import { type Name, names, type RoomModel, type Verdict } from './room-model'
import type { Attempt } from './rule'
import type { ModelScenario } from './scenario'
import type { Transport } from './transports'

/** How often which verdict was given. */
export const verdicts = new Map<Verdict, number>()

/** A name, or whoever has been owner for longest: rights move, and some actions need many. */
type Who = Name | 'owner'

interface Plan extends Omit<Attempt, 'who' | 'seq' | 'since'> {
  who: Who
  /** Which of the newest messages. */
  back: number
}

/** One step: a user attempts an action over a transport; the verdict and everything after it must be the model's. */
class Step implements fc.AsyncCommand<RoomModel, ModelScenario> {
  constructor(
    private readonly action: Action,
    private readonly transport: Transport,
    private readonly plan: Plan,
    private readonly evicts: boolean,
  ) {}

  /** With its last member a room ends, and nobody is left to look at it. */
  check = (model: Readonly<RoomModel>) =>
    this.action !== 'delete account' ||
    model.members.length > 1 ||
    model.members[0] !== this.#who(model)

  async run(model: RoomModel, scenario: ModelScenario): Promise<void> {
    // An inbox may be calling the room at this moment, to close the sockets of a session that ended.
    if (this.evicts) await eventually(() => evictDurableObject(scenario.stub))
    const { back, ...rest } = this.plan
    // Sometimes an event that is no message, or none yet.
    const seq = Math.max(1, model.messages.at(-back)?.seq ?? model.seq + 2 - back)
    const attempt = { ...rest, who: this.#who(model), seq, since: scenario.times.get(seq) }
    // No token of a deleted account is good for anything.
    const isGone = model.deleted.has(attempt.who)
    const mayRead = !isGone && model.may(attempt.who, 'read') === 'ok'
    model.disconnected.clear()
    const verdict = await scenario.transports.try(
      this.action,
      mayRead ? this.transport : 'http',
      attempt,
    )
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
    expect(verdict).toBe(isGone ? 'unauthenticated' : rules[this.action](model, attempt))
    await scenario.transports.awaitClosed(model.disconnected)
    await compare(model, scenario)
  }

  #who({ owner }: Readonly<RoomModel>): Name {
    return this.plan.who === 'owner' ? owner : this.plan.who
  }

  toString(): string {
    return `${this.evicts ? 'evict, ' : ''}${this.action} over ${this.transport} ${JSON.stringify(this.plan)}`
  }
}

const dice = fc.integer({ min: 1, max: 5 })

const plan = (by: Who[], whom: Name[]) =>
  fc.record({
    who: fc.constantFrom<Who>(...names, ...by),
    whom: fc.constantFrom(...names, ...whom),
    back: fc.nat(6),
    invite: fc.integer({ min: 1, max: 2 }),
    // Few, so that they are repeated.
    nonce: fc.nat(60).map((n) => `nonce ${n}`),
    text: fc.constantFrom('hello', 'tides', 'rope'),
    emoji: fc.constantFrom('👍', '🎉'),
    role: fc.constantFrom('owner', 'admin', 'moderator', 'member'),
    on: fc.boolean(),
  })

const step = (star: Name[], theme: Action[]) =>
  fc
    .oneof(
      { weight: 8, arbitrary: fc.constantFrom(...theme) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    )
    .chain((action) => {
      const by: Who[] = governing.has(action) ? OWNER : star
      return fc
        .tuple(fc.constantFrom<Transport>('http', 'socket'), plan(by, star), dice)
        .map(([transport, plan, dice]) => new Step(action, transport, plan as Plan, dice === 1))
    })

const often = <T>(who: T): T[] => Array.from({ length: 12 }, () => who)
const OWNER = often<Who>('owner')

/** The steps of one run: mostly about few things, and often about one person, so that they come upon each other's traces. */
export const runs = fc
  .tuple(fc.constantFrom(often<Name>('bo'), often<Name>('cy'), []), fc.constantFrom(...themes))
  .chain(([star, theme]) => fc.commands([step(star, theme)], { maxCommands: 80, size: 'max' }))
