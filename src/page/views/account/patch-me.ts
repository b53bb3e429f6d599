import type { Chat } from '../../../client/chat'
import type { Me } from '../../../client/protocol'

/** Changes the account, and shows what became of it. */
export async function patchMe(chat: Chat, patch: Record<string, unknown>): Promise<Me> {
  const me = await chat.request<Me>('PATCH', '/v1/me', patch)
  chat.setMe(me)
  chat.changed()
  return me
}
