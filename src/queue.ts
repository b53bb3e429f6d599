import * as personalExport from './exports/personal-export'
import * as profileFanout from './fanout/profile-fanout'

/** Work about one user: their rooms are told of a change, or their data is exported. */
export type PeopleMessage = profileFanout.FanoutMessage | personalExport.ExportMessage

type MessageOf<T> = Message<Extract<PeopleMessage, T>>

/** The consumer of the queue `PEOPLE`. */
export async function consume(batch: MessageBatch<PeopleMessage>, env: Env): Promise<void> {
  const isExport = (message: Message<PeopleMessage>): message is MessageOf<{ exportOf: string }> =>
    'exportOf' in message.body
  const isFanout = (message: Message<PeopleMessage>): message is MessageOf<{ userId: string }> =>
    !isExport(message)
  await profileFanout.consume({ messages: batch.messages.filter(isFanout) }, env)
  await personalExport.consume({ messages: batch.messages.filter(isExport) }, env)
}
