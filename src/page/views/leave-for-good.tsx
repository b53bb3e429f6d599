import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { Question } from '../components/dialog'
import { useProven } from './proof'

export function LeaveForGood() {
  const chat = useChat()
  const [isAsking, setAsking] = useState(false)
  const deletion = useProven()
  const remove = () =>
    deletion.run(async () => {
      await chat.request('DELETE', '/v1/me')
      await chat.logOut()
    })
  return (
    <section class="section" aria-labelledby="leaving">
      <h2 id="leaving">Leaving</h2>
      <p class="section-text">
        Your account goes, and your name with it. What you wrote stays, as by a deleted account.
      </p>
      <button type="button" class="button button-quiet danger-text" onClick={() => setAsking(true)}>
        Delete my account
      </button>
      {isAsking && (
        <Question
          title="Delete your account?"
          text="This cannot be undone, and the username may be taken by somebody else."
          action="Delete it"
          isBusy={deletion.isBusy}
          problem={deletion.problem}
          onClose={() => setAsking(false)}
          onConfirm={remove}
        />
      )}
      {deletion.dialog}
    </section>
  )
}
