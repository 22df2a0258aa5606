#!/bin/bash
# receive.sh full|light < SETTINGS: takes the settings in, before anything of the lab starts.  They live in memory (/run), for root alone.
set -euo pipefail; umask 077
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
D=/run/lab/secret; mkdir -p $D /run/lab/tls
cat > $D/settings
member() { jq -r ".$1" $D/settings; }
member bastionHostKeyPem > $D/host_key
# What "lab enter" gives to OpenStack's clients.  JSON is YAML.
jq --rawfile address /run/lab/address '{clouds: {lab: {region_name: "RegionOne", identity_api_version: 3, cacert: "/run/lab/ca.crt",
  auth: {auth_url: "https://\($address | rtrimstr("\n")):5000/v3", username: "admin", password: .adminPassword, project_name: "admin",
    user_domain_name: "admin_domain", project_domain_name: "admin_domain"}}}}' $D/settings > $D/clouds.yaml
for k in adminPassword maasApiKey bastionAuthorizedKey; do member $k | tr -d '\n' > $D/$k; done
(umask 022
 jq -r --arg variant "$1" --rawfile address /run/lab/address '@sh "VARIANT=\($variant) LAB_ADDRESS=\($address|rtrimstr("\n")) PHYSNET=\(.physnet)",
   @sh "PROVIDER_CIDR=\(.providerCidr) PROVIDER_GATEWAY=\(.providerGateway) BASTION=\(.bastionAddress) RACK_FACTOR=\(.rackFactor)"' $D/settings > /run/lab/site
 member caCertificatePem > /run/lab/ca.crt; cp /run/lab/ca.crt /lab/run/ca.crt)
# The endpoints' certificate, signed by the caller's CA.  Its key is used here, once, and forgotten.
cd /run/lab/tls; ADDRESS=$(cat /run/lab/address)
member caPrivateKeyPem > ca.key
printf 'subjectAltName = IP:%s\nbasicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = serverAuth\n' "$ADDRESS" > extensions
{ openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj "/CN=$ADDRESS" &&
  openssl x509 -req -in server.csr -CA /run/lab/ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" -out server.crt -days 825 -sha256 -extfile extensions &&
  openssl verify -CAfile /run/lab/ca.crt server.crt; } > log 2>&1 || { rm -f ca.key $D/settings; cat log >&2
  echo "FAILED: caPrivateKeyPem cannot sign for caCertificatePem" >&2; exit 1; }
cat server.crt server.key > server.pem
rm -f ca.key server.csr server.key extensions log $D/settings
