"""Outside judges of a Terraform plan, and what the project answers to their findings."""
