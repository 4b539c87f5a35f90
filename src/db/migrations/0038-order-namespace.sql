-- Shops that number their orders independently of each other keep them apart; null: the numbers of the installation.
alter table source add column order_namespace text;
