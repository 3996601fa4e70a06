/** `yeast` has no types of its own. */
declare module "yeast" {
  /** A short text that is different for each call, and grows with time. */
  export default function yeast(): string;
}
