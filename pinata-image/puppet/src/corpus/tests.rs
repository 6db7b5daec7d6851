use super::*;
use std::collections::HashSet;

#[test]
fn names_are_unique_and_there_are_hundreds() {
    let authority = Authority::new(&[7; 32], "test authority");
    for role in [Role::Client, Role::Server] {
        let all = named(role, &authority);
        let names: HashSet<&str> = all.iter().map(|mutant| &mutant.name[..]).collect();
        assert_eq!(names.len(), all.len());
        assert!(all.iter().filter(|mutant| mutant.reach.forbids_release()).count() > 300);
    }
}
