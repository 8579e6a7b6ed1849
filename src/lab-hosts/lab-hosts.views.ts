/** Model of `lab-hosts/message.njk`: a refusal at a lab's host name, where none of our assets are. */
export interface LabHostMessage {
  readonly message: string
  readonly code: string
  readonly reference: string
  /** Where NetPraxis is. */
  readonly href: string
}

/** Model of `lab-hosts/banner.njk`: what stands over GNS3's own pages. */
export interface LabHostBanner {
  readonly exercise: string
  readonly href: string
  /** Whose lab it is and why it is looked at; null for its owner. */
  readonly watch: { readonly name: string; readonly reason: string } | null
  readonly isFrozen: boolean
}
