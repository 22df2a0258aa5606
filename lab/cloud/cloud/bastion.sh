# The bastion: a real OpenSSH server with the rack's commands, and the MAAS region of the rack.  Sourced.
# Its user may read nothing of the cloud's own: what there is to know about the cloud, the rack hands out.
RACK_HOME=/home/cloud/.rack
service sshd root env RACK_HOME=$RACK_HOME /usr/local/bin/rack sshd /run/lab/sshd_config
service region cloud env RACK_HOME=$RACK_HOME /usr/local/bin/rack region --listen "$BASTION:5240"
configure_bastion() {
  ip addr replace "$BASTION/${PROVIDER_CIDR#*/}" dev br-ex
  getent passwd cloud >/dev/null || useradd --uid 1000 --user-group --no-create-home --home-dir /home/cloud --shell /bin/bash --password '*' cloud
  install -d -m 700 -o cloud -g cloud /home/cloud
  install -d -m 755 /run/sshd /run/lab/ssh
  install -m 644 /run/lab/secret/bastionAuthorizedKey /run/lab/ssh/authorized_keys
  # no DNS, no PAM, room for many connections at once
  cat > /run/lab/sshd_config <<E
ListenAddress $BASTION:22
ListenAddress 127.0.0.1:22
ListenAddress $LAB_ADDRESS:2222
HostKey /run/lab/secret/host_key
AuthorizedKeysFile /run/lab/ssh/authorized_keys
AllowUsers cloud
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
LoginGraceTime 60
MaxStartups 200
MaxSessions 200
X11Forwarding no
PrintMotd no
PrintLastLog no
SetEnv PATH=/usr/local/bin:/usr/bin:/bin RACK_HOME=$RACK_HOME LANG=C.UTF-8
Subsystem sftp internal-sftp
E
  local t; for t in maas juju vault snap rack; do
    printf '#!/bin/sh\nexec /usr/local/bin/node /lab/rack/rack.cjs %s "$@"\n' $t > /usr/local/bin/$t; chmod 755 /usr/local/bin/$t; done
  # the underlay belongs to the cloud: message bus, databases and plain HTTP
  iptables -C OUTPUT -m owner --uid-owner cloud -d 10.250.0.0/24 -j REJECT 2>/dev/null ||
    iptables -A OUTPUT -m owner --uid-owner cloud -d 10.250.0.0/24 -j REJECT
}
start_bastion() {
  configure_bastion
  /usr/local/bin/node --version > $LOG/rack-setup.log 2>&1 || { cat $LOG/rack-setup.log >&2
    fail "the machine's node does not run on Debian 12's libraries; use a build of Node 20 from nodejs.org or Debian"; }
  start sshd; wait_port sshd 22 "$BASTION"
  make_rack false; start region; wait_port region 5240 "$BASTION"
  touch /lab/run/bastion-ready
  step "bastion ready"
}
make_rack() { # READY: creates the rack, or tells the one that is there where the cloud is, and whether it answers; the file is removed by the shell that made it
  local f; f=$(as cloud mktemp /home/cloud/.cloud.XXXXXX)
  jq -n --arg address "$LAB_ADDRESS" --argjson ready "$1" --rawfile p /run/lab/secret/adminPassword \
    '{address: $address, adminPassword: $p, ready: $ready}' > "$f"
  as cloud env RACK_HOME=$RACK_HOME /usr/local/bin/rack reset --seed kit --factor "$RACK_FACTOR" --api-key-stdin --cloud "$f" \
    < /run/lab/secret/maasApiKey >> $LOG/rack-setup.log 2>&1 || { rm -f "$f"; tail -5 $LOG/rack-setup.log >&2; fail "making the rack, see lab logs rack-setup"; }
  rm -f "$f"
}
