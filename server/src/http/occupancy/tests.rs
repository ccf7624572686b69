use std::net::IpAddr;

use super::place::SMALL;
use super::*;

fn occupancy(behind_proxy: bool) -> Arc<Occupancy> {
    let limits = Limits { connections: 8, connections_per_address: 2, held_bytes: 400, ..Limits::default() };
    Arc::new(Occupancy::new(limits, behind_proxy))
}

fn at(last: u8) -> Network {
    Network::from(IpAddr::from([192, 0, 2, last]))
}

#[test]
fn one_address_has_its_share_and_all_have_the_whole() {
    let occupancy = occupancy(false);
    let mut places = Vec::new();
    // The last ones to be greedy find less, and leave one for whoever has none.
    for (client, room) in [(1, 2), (2, 2), (3, 2), (4, 1)] {
        for _ in 0..room {
            places.push(occupancy.connection(at(client)).expect("room"));
        }
        assert_eq!(
            occupancy.connection(at(client)).map(drop),
            Err(Full::ConnectionsOfAddress),
            "address {client}"
        );
    }
    places.push(occupancy.connection(at(5)).expect("room"));
    assert_eq!(occupancy.connection(at(9)).map(drop), Err(Full::Connections));
    places.clear();
    assert_eq!(occupancy.taken(), Taken::default());
    assert!(occupancy.book().by_network.is_empty(), "who holds nothing is not in the book");
}

#[test]
fn a_proxy_may_open_any_number_of_connections_and_its_clients_are_counted_each() {
    let occupancy = occupancy(true);
    let places: Vec<_> = (0..8).map(|_| occupancy.connection(at(1)).expect("room for the proxy")).collect();
    let requests: Vec<_> = (0..2).map(|_| occupancy.request(at(2), None).expect("room")).collect();
    assert_eq!(occupancy.request(at(2), None).map(drop), Err(Full::RequestsOfAddress));
    assert!(occupancy.request(at(3), None).is_ok());
    drop((places, requests));
    assert_eq!(occupancy.taken(), Taken::default());
}

#[test]
fn bytes_are_refused_before_they_are_held() {
    let occupancy = occupancy(false);
    let request = occupancy.request(at(1), None).expect("room");
    assert_eq!(request.hold(401), Err(Full::Bytes));
    // A quarter of what is left to the others.
    assert_eq!(
        (request.hold(81), request.hold(80), request.hold(1)),
        (Err(Full::BytesOfAddress), Ok(()), Err(Full::BytesOfAddress))
    );
    // What is in memory no longer makes room.
    request.release(30);
    assert_eq!((request.hold(30), request.hold(1)), (Ok(()), Err(Full::BytesOfAddress)));
    let others: Vec<_> = (2..=4).map(|client| occupancy.request(at(client), None).expect("room")).collect();
    for (other, room) in others.iter().zip([64, 51, 41]) {
        assert_eq!((other.hold(room + 1), other.hold(room)), (Err(Full::BytesOfAddress), Ok(())));
    }
    assert_eq!(
        occupancy.request(at(5), None).expect("room").hold(32),
        Ok(()),
        "there is room for one who holds nothing"
    );
    // An answer is there already: it counts, and the next request waits for it.
    others[0].carry(165);
    assert_eq!(occupancy.request(at(5), None).map(drop), Err(Full::Bytes));
    drop((request, others));
    assert_eq!(occupancy.taken(), Taken::default());
}

#[test]
fn answers_grow_into_three_quarters_and_are_counted_once() {
    let occupancy = occupancy(false);
    let (one, other) =
        (occupancy.request(at(1), None).expect("room"), occupancy.request(at(1), None).expect("room"));
    assert!(one.grow(40) && other.grow(20));
    assert!(!other.grow(1), "a quarter of what is left of three quarters of 400");
    assert_eq!(occupancy.taken().bytes, 60, "what is given up is not counted");
    assert_eq!(other.hold(20), Ok(()), "there is room for a body yet");
    // The whole answer has come to more than was known while it was made, or to less.
    one.carry(50);
    other.carry(10);
    assert_eq!(occupancy.taken().bytes, 50 + 20 + 10);
    let others: Vec<_> = (2..=4).map(|client| occupancy.request(at(client), None).expect("room")).collect();
    for (other, room) in others.iter().zip([44, 35, 28]) {
        assert!(!other.grow(room + 1) && other.grow(room), "{room}");
    }
    drop((one, other, others));
    assert_eq!(occupancy.taken(), Taken::default());
}

#[test]
fn a_large_answer_that_comes_all_at_once_is_taken_where_there_is_room() {
    let limits = Limits { held_bytes: 80 * SMALL, ..Limits::default() };
    let occupancy = Arc::new(Occupancy::new(limits, false));
    let (one, other) =
        (occupancy.request(at(1), None).expect("room"), occupancy.request(at(1), None).expect("room"));
    // Twelve for one address, of which two were counted before.
    assert!(one.grow(2 * SMALL));
    assert_eq!(one.take(12 * SMALL), Ok(()));
    assert_eq!(other.take(SMALL + 1), Err(Full::BytesOfAddress));
    assert_eq!(occupancy.taken().bytes, 12 * SMALL, "what is not taken is not counted");
    assert_eq!(other.take(SMALL), Ok(()), "a small one is");
    drop((one, other));
    assert_eq!(occupancy.taken(), Taken::default());
}

#[test]
fn what_several_take_counts_once_for_each_address_and_once_for_all() {
    let occupancy = occupancy(false);
    let of = |client: u8| occupancy.book().of(at(client)).bytes;
    let (answer, other) = (Arc::new("an answer"), Arc::new("another"));
    // Few bytes are always taken.
    let places: Vec<_> = [1, 1, 2].map(|client| occupancy.request(at(client), None).expect("room")).into();
    assert!(places.iter().all(|place| place.share(&answer, 60).is_ok()));
    assert_eq!((occupancy.taken().bytes, of(1), of(2)), (60, 60, 60));
    let mut places = places.into_iter();
    drop(places.next());
    assert_eq!((occupancy.taken().bytes, of(1)), (60, 60), "one of them still takes it");
    drop(places.next());
    assert_eq!((occupancy.taken().bytes, of(1)), (60, 0));
    drop(places);
    assert_eq!(occupancy.taken(), Taken::default());

    // What is to be kept for long must have room; answers may grow into three quarters of 400 bytes, and an
    // address has a quarter of what is left.
    let place = occupancy.request(at(1), None).expect("room");
    let share = place.share_of(&answer, 50).expect("room");
    assert_eq!(place.share_of(&other, 50).map(drop), Err(Full::BytesOfAddress));
    let again = place.share_of(&answer, 50).expect("it is held already");
    drop(share);
    assert_eq!(place.share_of(&other, 50).map(drop), Err(Full::BytesOfAddress));
    drop(again);
    assert!(place.share_of(&other, 50).is_ok());
    drop(place);
    assert_eq!(occupancy.taken(), Taken::default());
    assert!(occupancy.book().shares.is_empty());
    assert!(occupancy.book().by_network.is_empty());
}
