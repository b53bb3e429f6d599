interface ChoiceProps<T extends string> {
  name: string
  value: T
  chosen: T
  title: string
  text: string
  onChoose: (value: T) => void
}

/** One of a few, each with a line that says what it means. */
export function Choice<T extends string>({
  name,
  value,
  chosen,
  title,
  text,
  onChoose,
}: ChoiceProps<T>) {
  return (
    <label class="choice">
      <input
        type="radio"
        name={name}
        value={value}
        checked={chosen === value}
        onChange={() => onChoose(value)}
      />
      <span>
        <b>{title}</b>
        <small>{text}</small>
      </span>
    </label>
  )
}
