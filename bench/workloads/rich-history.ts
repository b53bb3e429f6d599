import { median } from '../statistics'
import type { Workload } from '../workload'
import { filled, pages } from './pages'

const MESSAGES = 1_000_000
const MEMBERS = 4
const authors = (count: number) =>
  `(select json_group_array(user_id) from (select user_id from members limit ${count}))`
// Every message has two kinds of reactions, the reader's among them, and a mention; half have a thread of one to
// three authors, half are in one.
const STATEMENTS = [
  `update messages set reactions = '[["👍",2],["🎉",1]]',
    mentions = ${authors(1)},
    reply_to = iif(seq % 2 = 0, seq - 1, null),
    reply_count = iif(seq % 2 = 0, 0, 3),
    last_reply_at = iif(seq % 2 = 0, null, created_at),
    reply_authors = iif(seq % 2 = 0, null,
      case seq % 3 when 0 then ${authors(1)} when 1 then ${authors(2)} else ${authors(3)} end)`,
  `insert into reactions (message_seq, emoji, user_id)
    select seq, '👍', user_id from messages, (select user_id from members limit 2)`,
  `insert into reactions (message_seq, emoji, user_id) select seq, '🎉', author_id from messages`,
  `insert into mentions (user_id, n)
    select user_id, n from messages, (select user_id from members limit 1)`,
  // The index has them, or telling it would be measured, too.
  'update room set mentioned_seq = (select max(seq) from messages)',
]

/** Pages of messages that have everything beside pages of messages that have nothing. */
export const richHistory: Workload = {
  name: 'history with reactions, threads and mentions',
  async run({ pool, rounds: count, progress }) {
    progress(`${this.name}: preparing`)
    const plain = await filled(pool, 'ours', MESSAGES, { members: MEMBERS })
    const rich = await filled(pool, 'ours', MESSAGES, { members: MEMBERS, statements: STATEMENTS })
    await pages(plain, MESSAGES)
    await pages(rich, MESSAGES)
    const rates: { plain: number[]; rich: number[] } = { plain: [], rich: [] }
    for (let round = 1; round <= count; round += 1) {
      rates.plain.push(await pages(plain, MESSAGES))
      rates.rich.push(await pages(rich, MESSAGES))
      progress(`${this.name}: round ${round}/${count}`)
    }
    const ours = median(rates.plain) / median(rates.rich)
    const workload = `${this.name}, 1,000,000 messages: time of a page, in plain pages`
    return [{ workload, unit: '', ours, aim: '<= 1.5 x', met: ours <= 1.5 }]
  },
}
