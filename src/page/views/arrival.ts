import { useEffect } from 'preact/hooks'
import type { Chat } from '../../client/chat'
import type { Me } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { comeBack, forgetErrand, sentenceOfReason, setRefusal } from '../app/identity'
import { forgetLink, type Link, useLink } from '../app/links'
import { addressOf, go } from '../app/routes'
import { sentenceOf } from '../app/sentences'

/** Does what somebody came for, where there is nothing to ask them. */
export function useArrival(isSignedIn: boolean): void {
  const chat = useChat()
  const link = useLink()
  useEffect(() => {
    // An address is verified by its owner, so it waits for them to log in.
    if (!link || link.kind === 'reset' || (link.kind === 'verify' && !isSignedIn)) return
    forgetLink()
    arrive(chat, link).catch((error) => notify(sentenceOf(error), 'bad'))
  }, [chat, link, isSignedIn])
}

async function arrive(chat: Chat, link: Link): Promise<void> {
  if (link.kind === 'verify') {
    go(addressOf.account('security'), { replace: true })
    chat.setMe(await chat.request<Me>('PUT', '/v1/me/email/verification', { token: link.token }))
    notify('Your e-mail address is verified.')
  } else if (link.kind === 'code') {
    const { isProof, back } = await comeBack(chat, link.code)
    go(back, { replace: true })
    if (isProof) notify('Thank you. Now do it once more.')
  } else if (link.kind === 'error') {
    go(forgetErrand(), { replace: true })
    // Who wants to log in finds it beside the other ways to do so.
    if (chat.userId) notify(sentenceOfReason(link.reason), 'bad')
    else setRefusal(link.reason)
  }
}
