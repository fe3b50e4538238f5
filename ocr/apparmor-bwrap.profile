# Ubuntu 24.04 and later forbid unprivileged user namespaces unless a profile grants them.
# bubblewrap needs one to lock the reader of uploaded files in. ./start installs this file as /etc/apparmor.d/bwrap.
abi <abi/4.0>,
include <tunables/global>

profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,

  include if exists <local/bwrap>
}
