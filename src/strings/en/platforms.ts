/** How far a platform's reading of a check can be trusted, and why there is none. */
export const platforms = {
  names: { gns3_switch: "GNS3's Ethernet switch" },
  proofs: {
    device: 'read on a running device of this platform',
    transcript: 'read in published output of such devices, not on one that runs here',
    documented: 'written after the documentation; output that is not fully recognised is left undecided',
  },
  lacks: {
    'no-such-feature': 'the system does not have it',
    'no-command': 'no command of the system shows it',
    elsewhere: 'another device or another check of the lab shows it better',
    'not-written': 'not written yet',
  },
}
